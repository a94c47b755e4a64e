extension TaskGraph {
  /// The tasks that wait for one.
  package func successors(of task: Int) -> some RandomAccessCollection<Int> {
    successors[Int(successorStarts[task])..<Int(successorStarts[task + 1])].lazy.map { Int($0) }
  }

  /// The tasks that each task waits for, ascending.
  package var predecessors: [[Int]] {
    var lists = [[Int]](repeating: [], count: tasks.count)
    for task in tasks.indices {
      for successor in successors(of: task) { lists[successor].append(task) }
    }
    return lists
  }
}
