/// Solves a problem of recomputation by several methods.
final class RecomputePortfolio {
  private let problem: RecomputeProblem
  private let threads: Int
  private let deadline: Deadline
  private let order: [Int]
  private var outcome: RecomputeOutcome
  private var bound: Int

  init(_ problem: RecomputeProblem, threads: Int, deadline: Deadline) {
    self.problem = problem
    self.threads = threads
    self.deadline = deadline
    bound = problem.baseCost
    let floor = problem.floor
    outcome = RecomputeOutcome(floor: floor.size, floorOperation: floor.operation)
    let frugal = problem.frugalOrder()
    let isFrugal =
      RecomputePlan(computing: frugal, problem, lowerBound: 0).peak
      < RecomputePlan(computing: problem.order, problem, lowerBound: 0).peak
    order = isFrugal ? frugal : problem.order
  }

  func run() -> RecomputeOutcome {
    if outcome.floor > problem.budget { return outcome }
    take(order)
    if !isDone && !searchToTheEnd() { improve() }
    outcome.plan?.lowerBound = bound
    return outcome
  }

  private var isDone: Bool { outcome.plan.map { $0.cost <= bound } ?? false }

  /// Takes computations as the plan where they fit and are cheaper.
  private func take(_ computed: [Int]) {
    let plan = RecomputePlan(computing: computed, problem, lowerBound: bound)
    guard plan.peak <= problem.budget else {
      outcome.lowestPeak = min(outcome.lowestPeak ?? .max, plan.peak)
      return
    }
    if plan.cost < outcome.plan?.cost ?? .max { outcome.plan = plan }
  }

  // MARK: Small graphs

  private static let mostForSearch = 64
  private static let mostStates = 1_500_000

  /// - Returns: Whether it came to an end.
  private func searchToTheEnd() -> Bool {
    guard problem.sizes.count <= Self.mostForSearch,
      let search = ScheduleSearch(problem, mostStates: Self.mostStates, deadline: deadline)
    else { return false }
    switch search.run() {
    case .found(let computed):
      take(computed)
      bound = outcome.plan?.cost ?? bound
    case .none:
      outcome.floor = max(outcome.floor, problem.budget + 1)
      outcome.floorOperation = nil
    case .aborted: return false
    }
    return true
  }

  // MARK: Large graphs

  private func improve() {
    let seeds = CutSeeds(problem, order: order, deadline: deadline)
    bound = problem.baseCost + seeds.bound
    for computed in seeds.schedules { take(computed) }
    outcome.lowestPeak = min(outcome.lowestPeak ?? .max, seeds.lowestPeak)
    let searches = (0..<max(1, threads)).map {
      StageSearch(problem, order: order, seed: UInt64($0))
    }
    let pool = seeds.pool.map(\.bits)
    var cycle = 0
    while !isDone && !deadline.isPast {
      // First each seed for a while, then long from the best, then ever shorter.
      let isFirst = cycle < pool.count
      let left = deadline.secondsLeft
      let time =
        isFirst ? left / Double(7 * pool.count - cycle) : left * (cycle == pool.count ? 0.7 : 0.5)
      let end = Deadline(seconds: max(0.1, time))
      if isFirst { for search in searches { search.restart(pool[cycle]) } }
      let (bound, deadline) = (bound, deadline)
      let turn = cycle
      let isLong = cycle == pool.count
      _ = Race.first(of: searches.count, threads: threads) { index in
        let heat = isLong ? 1 : Self.heats[(index + turn) % Self.heats.count]
        searches[index].run(heat: heat, until: bound, deadline: .min(end, deadline))
        return false
      }
      share(searches, restarts: cycle + 1 >= pool.count)
      cycle += 1
    }
  }

  /// How warm a search begins; none is the best for all graphs.
  private static let heats = [1, 0.3]

  /// Takes the best; all may go on from it.
  private func share(_ searches: [StageSearch], restarts: Bool) {
    let found = searches.filter { $0.best != nil }
    guard let best = found.min(by: { ($0.best?.cost ?? .max) < ($1.best?.cost ?? .max) }),
      let bits = best.best?.bits
    else { return }
    if let computed = best.computations() { take(computed) }
    for search in searches where restarts { search.restart(bits) }
  }
}
