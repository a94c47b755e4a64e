/// Lists of tasks for list scheduling, the most urgent first.
struct TaskPriorities {
  /// A list for each of some measures of urgency.
  let lists: [[Int]]

  /// - Parameters:
  ///   - behind: The time of all that waits for each task, or nothing where that is too long to find out.
  init(_ problem: ScheduleProblem, _ levels: TaskLevels, behind: [Int]?) {
    let (times, bottom) = (problem.times, levels.bottom)
    let followers = problem.successors.map(\.count)
    var measures: [(Int) -> (Int, Int)] = [
      // Critical path, most immediate successors first (Kasahara, Narita 1984).
      { (bottom[$0], followers[$0]) },
      { (bottom[$0], times[$0]) },
      { (bottom[$0], -times[$0]) },
      // Without the task itself.
      { (bottom[$0] - times[$0], times[$0]) },
    ]
    if let behind {
      let processors = problem.processors
      measures += [
        { (bottom[$0], behind[$0]) },
        // What no schedule has less of from the task's start on.
        { (max(bottom[$0], times[$0] + behind[$0] / processors), bottom[$0]) },
        { (bottom[$0] + behind[$0] / processors, followers[$0]) },
        { (behind[$0], bottom[$0]) },
      ]
    }
    lists = measures.map { measure in
      let keys = times.indices.map(measure)
      return times.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1] }
    }
  }

  /// Sums of so many tasks take milliseconds.
  private static let mostForSums = 4_000

  /// The time of all tasks that wait for each task, directly or not.
  static func workBehind(_ problem: ScheduleProblem) -> [Int]? {
    guard problem.times.count <= mostForSums else { return nil }
    var behind = TaskSets(count: problem.times.count)
    var sums = [Int](repeating: 0, count: problem.times.count)
    for task in problem.order.reversed() {
      for after in problem.successors[task] { behind.insert(after, andItsOwn: true, to: task) }
      sums[task] = behind[task].reduce(0) { $0 + problem.times[$1] }
    }
    return sums
  }
}
