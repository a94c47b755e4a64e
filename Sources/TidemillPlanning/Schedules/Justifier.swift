/// Schedules from both ends, and makes them shorter by pushing all tasks to the one end and back.
///
/// **Source**: Valls, Ballestín, Quintanilla: Justification and RCPSP: a technique that pays, 2005.
final class Justifier {
  let problem: ScheduleProblem
  let forward: ListScheduler
  let backward: ListScheduler
  /// By task: its place in the topological order, which decides between equal times.
  private let places: [Int]

  init(_ problem: ScheduleProblem) {
    self.problem = problem
    forward = ListScheduler(problem)
    backward = ListScheduler(problem.reversed)
    var places = [Int](repeating: 0, count: problem.order.count)
    for (place, task) in problem.order.enumerated() { places[task] = place }
    self.places = places
  }

  /// A schedule that was found elsewhere.
  func plan(_ starts: [Int]) -> ListScheduler.Plan {
    ListScheduler.Plan(
      starts: starts, makespan: starts.indices.map { starts[$0] + problem.times[$0] }.max() ?? 0)
  }

  /// A schedule of the reversed problem, as one of the problem itself, or the other way round.
  func mirrored(_ plan: ListScheduler.Plan) -> ListScheduler.Plan {
    var plan = plan
    for task in plan.starts.indices {
      plan.starts[task] = plan.makespan - plan.starts[task] - problem.times[task]
    }
    return plan
  }

  /// Tasks by their starts, each after its predecessors.
  func list(by starts: [Int]) -> [Int] {
    problem.order.sorted { (starts[$0], places[$0]) < (starts[$1], places[$1]) }
  }

  /// Tasks by their ends from the last, each before its predecessors.
  private func listFromEnd(_ plan: ListScheduler.Plan) -> [Int] {
    let ends = plan.starts.indices.map { plan.starts[$0] + problem.times[$0] }
    return problem.order.sorted { (ends[$0], places[$0]) > (ends[$1], places[$1]) }
  }

  /// Starts tasks as late as the makespan allows, from the last to the first, and then as early as
  /// possible; as long as that helps.
  ///
  /// No task has less room than where it was, so the makespan never grows.
  func justified(_ plan: ListScheduler.Plan, rounds: Int = .max) -> ListScheduler.Plan {
    var best = plan
    for _ in 0..<rounds {
      let late = mirrored(backward.serial(listFromEnd(best)))
      let early = forward.serial(list(by: late.starts))
      let isShorter = early.makespan < best.makespan
      best = early
      if !isShorter { break }
    }
    return best
  }
}
