/// Solves a packing problem by several methods: greedy ones first, then searches in passes, each
/// twice as long as the one before.
///
/// The result depends on the time only where the deadline ends the search: what is tried is the same
/// for any number of threads, and of what succeeds in a pass the first counts.
final class OffsetPortfolio {
  private let problem: OffsetProblem
  private let capacity: Int
  private let threads: Int
  private let deadline: Deadline
  private let mostPasses: Int
  private let fit: FirstFit
  private let orders: BufferOrders
  private var improvers: [OrderSearch] = []
  private var searches: SearchGroup?
  private var best = OffsetPacking(offsets: [], height: .max, lowerBound: 0)

  /// - Parameters:
  ///   - capacity: A height that is low enough.
  ///   - mostPasses: How many follow the greedy placements.
  init(
    _ problem: OffsetProblem, capacity: Int, threads: Int, deadline: Deadline,
    mostPasses: Int = .max
  ) {
    self.problem = problem
    self.mostPasses = mostPasses
    self.capacity = capacity
    self.threads = threads
    self.deadline = deadline
    let sections = Sections(problem.buffers)
    fit = FirstFit(buffers: problem.buffers, sections: sections)
    orders = BufferOrders(problem.buffers, sections)
    best.lowerBound = problem.livePeak
  }

  func run() -> OffsetPacking {
    place()
    if !isDone && mostPasses > 0 { prepare() }
    var nodes = Self.firstNodes
    var passes = 0
    while !isDone && passes < mostPasses && !deadline.isPast {
      pass(nodes)
      nodes *= 2
      passes += 1
    }
    return best
  }

  private static let firstNodes = 500
  /// An exact search takes time in proportion to the buffers for each step.
  private static let mostForSearch = 2_000
  /// Of the nodes that the goal gets, a height between it and the best gets one in so many.
  private static let shareBetween = 16

  /// What to look for: what is asked for where it may be there, or the least that may be.
  private var goal: Int { max(capacity, best.lowerBound) }
  private var isDone: Bool { best.height <= goal }

  // MARK: Greedy

  private func place() {
    var found: [(order: [Int], height: Int)] = []
    for measures in BufferOrders.forFirstFit {
      let order = orders.sorted(by: measures)
      let packing = fit.packing(in: order)
      found.append((order, packing.height))
      take(packing)
      if isDone || deadline.isPast { return }
    }
    found.sort { $0.height < $1.height }
    improvers = found.prefix(2).enumerated().map { seed, start in
      OrderSearch(fit, order: start.order, seed: UInt64(seed))
    }
  }

  private func take(_ found: (offsets: [Int], height: Int)) {
    guard found.height < best.height else { return }
    best.offsets = found.offsets
    best.height = found.height
  }

  // MARK: Search

  private func prepare() {
    guard problem.buffers.count <= Self.mostForSearch,
      let model = SectionModel(problem, height: best.height)
    else { return }
    var generator = PlanningGenerator(seed: 1)
    let sorted = BufferOrders.forSearch.map { orders.sorted(by: $0) }
    let random = (0..<4).map { _ in orders.random(&generator) }
    searches = SearchGroup(model, orders: sorted + random, deadline: deadline)
  }

  /// Tries the goal, and shorter each of some heights between it and the best, by halves.
  private func pass(_ nodes: Int) {
    let first = goal
    attempt(first, nodes: nodes)
    var low = max(first, best.lowerBound - 1)
    while !isDone, best.height - low > max(1, best.height / 1000), !deadline.isPast {
      let middle = low + (best.height - low) / 2
      attempt(middle, nodes: max(1, nodes / Self.shareBetween))
      if best.height > middle { low = middle }
    }
    // Heights that are out of reach for certain leave one that is next to the best.
    if !isDone, low + 1 < best.height, best.height - low <= max(1, best.height / 1000) {
      attempt(best.height - 1, nodes: nodes / Self.shareBetween)
    }
  }

  private func attempt(_ height: Int, nodes: Int) {
    let improvers = improvers
    let deadline = deadline
    let jobs = searches?.jobs(for: height, isGoal: height == goal) ?? []
    let steps = max(1, nodes / (searches == nil ? 256 : 16))
    let results = Results(count: jobs.count)
    let winner = Race.first(of: improvers.count + jobs.count, threads: threads) { job in
      if job < improvers.count {
        return improvers[job].search(iterations: steps, target: height, deadline: deadline)
      }
      let outcome = jobs[job - improvers.count].search(limit: nodes)
      results.set(outcome, at: job - improvers.count)
      return outcome != .aborted
    }
    for improver in improvers { take(improver.best) }
    guard let winner, winner >= improvers.count else { return }
    let job = winner - improvers.count
    if results[job] == .found { take(jobs[job].packing(problem)) } else { raise(above: height) }
  }

  /// There is nothing as low as this.
  private func raise(above height: Int) {
    let grain = searches?.model.grain ?? 1
    best.lowerBound = max(best.lowerBound, (height / grain + 1) * grain)
  }
}
