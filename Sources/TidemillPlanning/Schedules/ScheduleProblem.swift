import TidemillGraph

/// When and where to run tasks that wait for others, on equal processors and without communication, so
/// that all are done early: P | prec | Cmax, which is NP-hard.
package struct ScheduleProblem: Sendable {
  /// What each task takes, in any unit.
  package let times: [Int]
  /// What must end before each task starts; none is named twice.
  package let predecessors: [[Int]]
  /// Those that wait for each task.
  package let successors: [[Int]]
  /// How many tasks run at a time.
  package let processors: Int
  /// Tasks, each after its predecessors; of those that may come next the lowest first.
  package let order: [Int]

  /// Sums of times, times some thousand processors, stay far from the end of `Int`.
  package static let mostTime = 1 << 50

  /// A problem of these tasks.
  ///
  /// - Parameters:
  ///   - times: What each task takes, 0 or more.
  ///   - predecessors: For each task those that it waits for; one that is named twice counts once.
  ///   - processors: 1 or more.
  /// - Throws: `plan` where a time is negative, times sum to 2⁵⁰ or more, a predecessor is no task, tasks
  ///   wait for each other in a circle, or there is no processor. The message counts tasks from 0.
  package init(times: [Int], predecessors: [[Int]], processors: Int) throws {
    guard processors >= 1 else {
      throw TidemillError(.plan, "A schedule needs 1 processor or more, but has \(processors).")
    }
    guard predecessors.count == times.count else {
      throw TidemillError(
        .plan, "\(times.count) tasks have \(predecessors.count) lists of predecessors.")
    }
    try Self.check(times)
    var before: [[Int]] = []
    var after = [[Int]](repeating: [], count: times.count)
    for (task, list) in predecessors.enumerated() {
      let unique = Set(list).sorted()
      for predecessor in unique {
        guard times.indices.contains(predecessor) else {
          throw TidemillError(.plan, "Task \(task) waits for \(predecessor), which is no task.")
        }
        after[predecessor].append(task)
      }
      before.append(unique)
    }
    self.times = times
    self.predecessors = before
    successors = after
    self.processors = processors
    order = try Self.order(predecessors: before, successors: after)
  }

  /// The problem with all edges turned round: its schedules, read from the end, are those of this one.
  var reversed: ScheduleProblem { ScheduleProblem(reversing: self) }

  private init(reversing other: ScheduleProblem) {
    times = other.times
    predecessors = other.successors
    successors = other.predecessors
    processors = other.processors
    order = other.order.reversed()
  }

  private static func check(_ times: [Int]) throws {
    var total = 0
    for (task, time) in times.enumerated() {
      guard time >= 0 else {
        throw TidemillError(.plan, "Task \(task) takes \(time), but times are 0 or more.")
      }
      // Both are below the limit, so that their sum is far below 2⁶³.
      total += min(time, mostTime)
      guard total < mostTime else {
        throw TidemillError(
          .plan, "Times sum to 2^50 or more at task \(task): give them in a larger unit.")
      }
    }
  }

  private static func order(predecessors: [[Int]], successors: [[Int]]) throws -> [Int] {
    var waiting = predecessors.map(\.count)
    var ready = Heap<Int>()
    for task in waiting.indices where waiting[task] == 0 { ready.insert(task) }
    var order: [Int] = []
    while let task = ready.popFirst() {
      order.append(task)
      for successor in successors[task] {
        waiting[successor] -= 1
        if waiting[successor] == 0 { ready.insert(successor) }
      }
    }
    guard let stuck = waiting.firstIndex(where: { $0 > 0 }) else { return order }
    let circle = circle(from: stuck, predecessors: predecessors, waiting: waiting)
    throw TidemillError(
      .plan,
      "Tasks wait for each other in a circle: " + circle.map(String.init).joined(separator: ", ")
        + ".")
  }

  /// Going back from a task that is never ready, among those that are not, ends in a circle. At most ten of it.
  private static func circle(from stuck: Int, predecessors: [[Int]], waiting: [Int]) -> [Int] {
    var places: [Int: Int] = [:]
    var path: [Int] = []
    var task = stuck
    while places[task] == nil {
      places[task] = path.count
      path.append(task)
      guard let before = predecessors[task].first(where: { waiting[$0] > 0 }) else { break }
      task = before
    }
    return Array(path[(places[task] ?? 0)...].reversed().prefix(10))
  }
}
