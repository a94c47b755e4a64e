/// Longest paths from and to each task.
struct TaskLevels: Sendable {
  /// From the start to a task, without it: no schedule starts it earlier.
  let top: [Int]
  /// From a task's start to the end: what no schedule has less of from there on.
  let bottom: [Int]

  init(_ problem: ScheduleProblem) {
    var top = [Int](repeating: 0, count: problem.times.count)
    var bottom = problem.times
    for task in problem.order {
      for before in problem.predecessors[task] {
        top[task] = max(top[task], top[before] + problem.times[before])
      }
    }
    for task in problem.order.reversed() {
      for after in problem.successors[task] {
        bottom[task] = max(bottom[task], problem.times[task] + bottom[after])
      }
    }
    self.top = top
    self.bottom = bottom
  }

  /// The longest path of all.
  var criticalPath: Int { bottom.max() ?? 0 }
}
