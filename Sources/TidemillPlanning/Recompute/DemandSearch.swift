/// Looks for orders and tastes with which a ``DemandSchedule`` is cheap, or gets far where nothing fits.
///
/// It begins with tastes by chance in several orders, and goes on from the best with changes of the taste or
/// of the order, which are kept where they do no harm.
package final class DemandSearch: @unchecked Sendable {
  // One thread at a time uses it.
  /// What was tried.
  package struct Trial {
    let graph: DemandGraph
    let taste: DemandSchedule.Taste
    /// How many operations were computed, all where it fits.
    var reached = 0
    package var cost = 0
    /// By place in the order.
    var computed: [Int] = []

    package var fits: Bool { reached == graph.count }

    /// The computations by operation.
    package var operations: [Int] { computed.map { graph.order[$0] } }

    func isNoWorse(than other: Trial) -> Bool {
      reached == other.reached ? !fits || cost <= other.cost : reached > other.reached
    }
  }

  private let problem: RecomputeProblem
  private let graphs: [DemandGraph]
  private var generator: PlanningGenerator
  private var deadline: Deadline
  /// The best in each of the orders, and the best of all, in an order made from one of them.
  package private(set) var bests: [Trial] = []
  private var tries = 0

  package init(_ problem: RecomputeProblem, orders: [[Int]], seed: UInt64, deadline: Deadline) {
    self.problem = problem
    graphs = orders.map { DemandGraph(problem, order: $0) }
    generator = PlanningGenerator(seed: seed)
    self.deadline = deadline
  }

  private static let mostTries = 2000
  /// How many tries in a row may make nothing better.
  private static let patience = 200
  /// In each of the orders.
  private static let triesOfOrder = 5

  package func run() {
    bests = graphs.map { trial($0, taste()) }
    for _ in 1..<Self.triesOfOrder {
      for index in graphs.indices { improve(&bests[index], trial(graphs[index], taste())) }
    }
    guard var best = bests.first else { return }
    for other in bests { improve(&best, other) }
    var waits = 0
    while waits < Self.patience, tries < Self.mostTries, !deadline.isPast, !isDone(best) {
      let isTaste = generator.index(4) == 0
      let next = isTaste ? trial(best.graph, taste()) : trial(shaken(best.graph), best.taste)
      waits = best.isNoWorse(than: next) ? waits + 1 : 0
      improve(&best, next)
    }
    bests.append(best)
  }

  /// Schedules with other tastes in an order.
  func others(in graph: DemandGraph, count: Int, deadline: Deadline) -> [Trial] {
    self.deadline = deadline
    return (0..<count).map { _ in trial(graph, taste()) }.filter(\.fits)
  }

  private func isDone(_ trial: Trial) -> Bool { trial.fits && trial.cost == problem.baseCost }

  private func improve(_ best: inout Trial, _ trial: Trial) {
    if trial.isNoWorse(than: best) { best = trial }
  }

  private func taste() -> DemandSchedule.Taste {
    var taste = DemandSchedule.Taste()
    taste.cost = 0.1 + 1.3 * generator.fraction()
    taste.distance = 0.5 + 2 * generator.fraction()
    taste.noise = generator.fraction()
    taste.seed = generator.next()
    return taste
  }

  private func shaken(_ graph: DemandGraph) -> DemandGraph {
    let shaker = OrderAnnealing(
      sizes: graph.sizes, operands: (0..<graph.count).map { graph.operands.list($0) }, target: 0,
      seed: generator.next())
    shaker.shake(1 + generator.index(6))
    return DemandGraph(problem, order: shaker.result.map { graph.order[$0] })
  }

  private func trial(_ graph: DemandGraph, _ taste: DemandSchedule.Taste) -> Trial {
    tries += 1
    var trial = Trial(graph: graph, taste: taste)
    var schedule = DemandSchedule(graph, budget: problem.budget, taste: taste, deadline: deadline)
    let fits = schedule.run()
    trial.reached = schedule.reached
    if fits { (trial.computed, trial.cost) = (schedule.computed, schedule.cost) }
    return trial
  }
}

extension DemandSearch {
  /// The best of several searches in the same orders.
  ///
  /// A later order is worth it where it is clearly cheaper: that in which this is cheap is not always
  /// that in which ``StageSearch`` then finds the least.
  static func best(of searches: [DemandSearch], _ problem: RecomputeProblem) -> Trial? {
    var chosen: Trial?
    for index in 0..<(searches.map(\.bests.count).min() ?? 0) {
      for trial in searches.map({ $0.bests[index] }) {
        guard let known = chosen, known.fits else {
          if chosen.map({ trial.reached > $0.reached }) ?? true { chosen = trial }
          continue
        }
        let limit = Double(known.cost - problem.baseCost) * worthwhile
        if trial.fits && Double(trial.cost - problem.baseCost) <= limit { chosen = trial }
      }
    }
    return chosen
  }

  private static let worthwhile = 0.8
}
