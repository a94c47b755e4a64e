/// Solves a problem of recomputation by several methods.
final class RecomputePortfolio {
  private let problem: RecomputeProblem
  private let threads: Int
  private let deadline: Deadline
  private var order: [Int]
  private var outcome: RecomputeOutcome
  private var bound: Int

  init(_ problem: RecomputeProblem, threads: Int, deadline: Deadline) {
    self.problem = problem
    self.threads = threads
    self.deadline = deadline
    bound = problem.baseCost
    let floor = problem.floor
    outcome = RecomputeOutcome(floor: floor.size, floorOperation: floor.operation)
    order = floor.size > problem.budget ? problem.order : TopologicalOrders(problem).best()
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
  /// Of the time; what is left is for those that it does not solve.
  private static let shareForSearch = 0.25

  /// - Returns: Whether it came to an end.
  private func searchToTheEnd() -> Bool {
    guard problem.sizes.count <= Self.mostForSearch,
      let search = ScheduleSearch(
        problem, mostStates: Self.mostStates,
        deadline: .min(deadline, Deadline(seconds: Self.shareForSearch * deadline.secondsLeft)))
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

  private static let shareForOrder = 0.1
  private static let shareForDemand = 0.2
  private static let shareForOthers = 0.03
  private static let otherSchedules = 8

  private static let shareForReversal = 0.2
  /// Where seeds compute again less than this many times the bound, chains have nothing to add.
  private static let goodSeed = 1.5

  private func reversed() -> RecomputePlan? {
    let left = deadline.secondsLeft
    return problem.reversed(
      deadline: Deadline(seconds: max(Self.shareForReversal * left, min(2, left / 2))))
  }

  /// Chooses an order, and makes first schedules in it.
  private func begin() -> [[Int]] {
    let share = Deadline(seconds: Self.shareForOrder * deadline.secondsLeft)
    let annealed = TopologicalOrders(problem).annealed(order, deadline: share)
    take(annealed)
    if isDone { return [] }
    let end = Deadline(seconds: Self.shareForDemand * deadline.secondsLeft)
    let searches = (0..<max(1, threads)).map {
      DemandSearch(problem, orders: [order, annealed], seed: UInt64($0), deadline: end)
    }
    _ = Race.first(of: searches.count, threads: threads) {
      searches[$0].run()
      return false
    }
    for search in searches {
      for trial in search.bests where trial.fits { take(trial.operations) }
    }
    guard let best = DemandSearch.best(of: searches, problem) else { return [] }
    order = best.graph.order
    guard best.fits else { return [] }
    let others = searches[0].others(
      in: best.graph, count: Self.otherSchedules,
      deadline: Deadline(seconds: Self.shareForOthers * deadline.secondsLeft))
    return [best.operations] + others.map(\.operations)
  }

  private func improve() {
    let scanned = order
    let schedules = begin()
    if isDone { return }
    var seeds = CutSeeds(
      problem, order: order, cutsFrom: scanned, known: schedules, deadline: deadline)
    if let computed = seeds.schedule { take(computed) }
    let least = outcome.plan?.cost ?? .max
    let good = Double(problem.baseCost) + Self.goodSeed * Double(seeds.bound)
    if Double(least) > good, let reversal = reversed(), reversal.cost < least {
      let computed = reversal.computations
      take(computed)
      order = RecomputePlan.firsts(computed, problem)
      seeds = CutSeeds(
        problem, order: order, known: [computed], after: seeds, deadline: deadline)
    }
    if outcome.plan == nil { seeds.findAny(deadline) }
    bound = problem.baseCost + seeds.bound
    if let computed = seeds.schedule { take(computed) }
    outcome.lowestPeak = min(outcome.lowestPeak ?? .max, seeds.lowestPeak)
    let populations = (0..<max(1, threads)).map {
      StagePopulation(problem, order: order, seed: UInt64($0))
    }
    evolve(populations, seeds.pool.map(\.bits))
    // From the best, first long and then ever shorter.
    var turn = 0
    while !isDone && !deadline.isPast {
      let end = Deadline(seconds: max(0.1, deadline.secondsLeft * (turn == 0 ? 0.7 : 0.5)))
      let cycle = turn
      each(populations, until: .min(end, deadline)) { index, population, bound, end in
        let heat = cycle == 0 ? 1 : Self.heats[(index + cycle) % Self.heats.count]
        population.refine(heat: heat, until: bound, deadline: end)
      }
      let best = populations.compactMap(\.best).min {
        ($0.fits ? 0 : 1, $0.value) < ($1.fits ? 0 : 1, $1.value)
      }
      if let best {
        for population in populations { population.begin(with: [best]) }
      }
      turn += 1
    }
  }

  /// How warm a search begins; none is the best for all graphs.
  private static let heats = [1, 0.3]

  /// Populations grow up apart, again and again, before the best of all of them are crossed.
  private func evolve(_ populations: [StagePopulation], _ seeds: [[UInt64]]) {
    let total = min(deadline.secondsLeft, 1e8)
    var elite: [StageSchedule] = []
    repeat {
      let left = min(deadline.secondsLeft, total)
      let end = Deadline(seconds: left - 0.25 * total)
      each(populations, until: end) { _, population, bound, end in
        population.begin(
          with: seeds, until: bound, deadline: .min(end, Deadline(seconds: 0.2 * left)))
        population.evolve(until: bound, deadline: end)
      }
      for population in populations { elite += population.members.prefix(Self.elite) }
      elite = Array(elite.sorted { $0.value < $1.value }.prefix(Self.mostElite))
    } while !isDone && deadline.secondsLeft > 0.5 * total
    for population in populations { population.begin(with: elite) }
    let end = Deadline(seconds: min(deadline.secondsLeft, total) - 0.1 * total)
    each(populations, until: end) { _, population, bound, end in
      population.evolve(until: bound, deadline: end)
    }
  }

  private static let elite = 8
  private static let mostElite = 64

  /// Runs something for each population, and takes the best that come of it.
  private func each(
    _ populations: [StagePopulation], until end: Deadline,
    _ body: @escaping @Sendable (Int, StagePopulation, Int, Deadline) -> Void
  ) {
    let bound = bound
    _ = Race.first(of: populations.count, threads: threads) { index in
      body(index, populations[index], bound, end)
      return false
    }
    for population in populations {
      guard let best = population.best, best.fits else { continue }
      if best.value < Double(outcome.plan?.cost ?? .max) {
        if let computed = population.search.computations(best.bits) { take(computed) }
      }
    }
  }
}
