/// What a search for starts knows of the tasks.
struct SearchGraph: Sendable {
  let times: [Int]
  let predecessors: [[Int]]
  let successors: [[Int]]
  let processors: Int
  /// From a task's start to the end, at the least.
  let bottoms: [Int]
  /// Tasks that need time, those with the longest way to the end behind them first.
  let byTail: [Int]
  /// For each task others that are as long and that all its successors wait for too; of equal ones the lower.
  let betters: [[Int]]

  init(_ problem: ScheduleProblem, _ bound: ScheduleBound) {
    times = problem.times
    predecessors = problem.predecessors
    successors = problem.successors
    processors = min(problem.processors, max(problem.times.count, 1))
    bottoms = problem.times.indices.map { problem.times[$0] + bound.tails[$0] }
    byTail = problem.times.indices.filter { problem.times[$0] > 0 }
      .sorted { (bound.tails[$1], $0) < (bound.tails[$0], $1) }
    betters = Self.betters(problem)
  }

  func tail(_ task: Int) -> Int { bottoms[task] - times[task] }

  private static func betters(_ problem: ScheduleProblem) -> [[Int]] {
    var after = TaskSets(count: problem.times.count)
    for (task, list) in problem.successors.enumerated() {
      for successor in list { after.insert(successor, andItsOwn: false, to: task) }
    }
    let byTime = Dictionary(grouping: problem.times.indices) { problem.times[$0] }
    return problem.times.indices.map { task in
      guard problem.times[task] > 0 else { return [] }
      return (byTime[problem.times[task]] ?? []).filter { other in
        other != task && after.isSubset(task, of: other)
          && (other < task || !after.isSubset(other, of: task))
      }
    }
  }
}
