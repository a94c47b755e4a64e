/// Schedules tasks by several methods: lists first, then searches in passes, each twice as long as the one
/// before.
final class SchedulePortfolio {
  private let problem: ScheduleProblem
  private let deadline: Deadline
  private let levels: TaskLevels
  private let justifier: Justifier
  private var best: ListScheduler.Plan
  private var bound: ScheduleBound
  private var improvers: [ListSearch] = []
  private var searches: [StartSearch] = []

  init(_ problem: ScheduleProblem, deadline: Deadline) {
    self.problem = problem
    self.deadline = deadline
    let levels = TaskLevels(problem)
    self.levels = levels
    justifier = Justifier(problem)
    bound = ScheduleBound(problem, levels)
    // The one schedule that is made in any case: its makespan is at most (2 - 1/P) times the least.
    best = justifier.forward.eager(
      problem.order.sorted { (levels.bottom[$1], $0) < (levels.bottom[$0], $1) })
  }

  func run() -> TaskSchedule {
    var plans: [ListScheduler.Plan] = []
    if !isDone { plans = place() }
    if !isDone && !deadline.isPast { raiseBound() }
    if !isDone && !deadline.isPast { prepare(plans) }
    var nodes = Self.firstNodes
    while !isDone && !deadline.isPast {
      pass(nodes)
      nodes *= 2
    }
    return TaskSchedule(
      starts: best.starts, processors: problem.assigned(best.starts), makespan: best.makespan,
      lowerBound: bound.makespan)
  }

  private static let firstNodes = 500
  /// Bounds of intervals take time in proportion to the square of the tasks.
  private static let mostForBounds = 2_000
  /// A search to the end takes time in proportion to the tasks for each step.
  private static let mostForSearch = 500
  /// What a list costs, beside a node.
  private static let nodesOfList = 16

  private var isDone: Bool { best.makespan <= bound.makespan }

  private func take(_ plan: ListScheduler.Plan) {
    if plan.makespan < best.makespan { best = plan }
  }

  // MARK: Lists

  /// Lists of both directions, each as an eager schedule and justified.
  private func place() -> [ListScheduler.Plan] {
    let reversed = problem.reversed
    let ahead = TaskPriorities(problem, levels, behind: TaskPriorities.workBehind(problem))
    let back = TaskPriorities(
      reversed, TaskLevels(reversed), behind: TaskPriorities.workBehind(reversed))
    var plans: [ListScheduler.Plan] = []
    for (early, late) in zip(ahead.lists, back.lists) {
      for plan in [
        justifier.forward.eager(early), justifier.mirrored(justifier.backward.eager(late)),
      ] {
        take(plan)
        if isDone || deadline.isPast { return plans }
        let justified = justifier.justified(plan)
        plans.append(justified)
        take(justified)
        if isDone || deadline.isPast { return plans }
      }
    }
    return plans
  }

  private func raiseBound() {
    guard problem.times.count <= Self.mostForBounds else { return }
    bound.sharpen(problem)
    bound.raiseByEnergy(deadline: deadline)
  }

  // MARK: Search

  private func prepare(_ plans: [ListScheduler.Plan]) {
    let plans = plans.sorted { $0.makespan < $1.makespan }
    improvers = plans.prefix(3).enumerated().map { seed, plan in
      ListSearch(justifier, plan, seed: UInt64(seed))
    }
    guard problem.times.count <= Self.mostForSearch else { return }
    let graph = SearchGraph(problem, bound)
    let bottoms = problem.order.sorted { (graph.bottoms[$1], $0) < (graph.bottoms[$0], $1) }
    searches = [bottoms, justifier.list(by: best.starts)].map { StartSearch(graph, list: $0) }
  }

  private func pass(_ nodes: Int) {
    for improver in improvers {
      _ = improver.search(
        iterations: nodes / Self.nodesOfList, target: bound.makespan, deadline: deadline)
      take(improver.best)
      if isDone || deadline.isPast { return }
    }
    for search in searches {
      var outcome = StartSearch.Outcome.found
      while outcome == .found, !isDone {
        outcome = search.search(target: best.makespan - 1, nodes: nodes, deadline: deadline)
        if outcome == .found { take(justifier.justified(justifier.plan(search.starts))) }
        if outcome == .exhausted { bound.raise(to: best.makespan) }
      }
      if isDone || deadline.isPast { return }
    }
  }
}
