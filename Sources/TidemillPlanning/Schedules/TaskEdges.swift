/// Lists of tasks, one for each task, in one flat array.
struct TaskEdges: Sendable {
  private let ends: [Int32]
  private let tasks: [Int32]

  init(_ lists: [[Int]]) {
    var ends: [Int32] = [0]
    for list in lists { ends.append(ends[ends.count - 1] + Int32(list.count)) }
    self.ends = ends
    tasks = lists.joined().map { Int32($0) }
  }

  subscript(task: Int) -> ArraySlice<Int32> { tasks[Int(ends[task])..<Int(ends[task + 1])] }
  func count(_ task: Int) -> Int { Int(ends[task + 1] - ends[task]) }
}
