import CKernels
import TidemillCompiler

/// What the loop reads of a task.
struct TaskSlot {
  let kernel: tm_kernel
  let arguments: UnsafeRawPointer
  /// Tasks that must be done before: `waits[firstWait ..< endWait]`.
  let firstWait: UInt32
  let endWait: UInt32
  /// Tasks that wait for this one: `successors[firstSuccessor ..< endSuccessor]`.
  let firstSuccessor: UInt32
  let endSuccessor: UInt32
  /// Its number in the task graph.
  let task: UInt32
  /// The worker that it is planned for.
  let home: UInt16
  let writesState: Bool
  let mayFail: Bool
  let endsOutside: Bool
  /// Whether a task that is planned for another worker waits for it.
  let hasSuccessorElsewhere: Bool
  /// How long a worker of another NUMA node leaves it to its own worker, in nanoseconds: as long as it is planned to take.
  let patience: UInt32
}

/// The tasks of a graph by *place*: worker by worker, each worker's in the order of the graph, so that a worker goes
/// through memory as it goes through its tasks.
///
/// A list begins at a multiple of 32 places: no two workers' marks share a cache line. Places between are no tasks.
struct TaskTable {
  let workers: Int
  let taskCount: Int
  let placeCount: Int
  let slots: UnsafeMutablePointer<TaskSlot>
  let waits: UnsafeMutablePointer<TaskLink>
  let successors: UnsafeMutablePointer<TaskLink>
  /// The places of tasks that end outside.
  let outside: UnsafeMutableBufferPointer<UInt32>
  /// The place of each task of the graph.
  let places: UnsafeMutablePointer<UInt32>
  /// The list of worker `w` is `starts[w] ..< ends[w]`.
  let starts: UnsafeMutablePointer<Int>
  let ends: UnsafeMutablePointer<Int>

  /// - Parameter carried: Edges to the next lap, where there may be several at once.
  init(_ graph: TaskGraph, carried: CarriedEdges?, workers: Int) {
    self.workers = workers
    taskCount = graph.tasks.count
    let homes = graph.homes.map { Int($0) % workers }
    starts = .allocate(capacity: workers)
    ends = .allocate(capacity: workers)
    var sizes = [Int](repeating: 0, count: workers)
    for home in homes { sizes[home] += 1 }
    var next = 0
    for worker in 0..<workers {
      (starts + worker).initialize(to: next)
      (ends + worker).initialize(to: next)
      next += (sizes[worker] + Self.grain - 1) / Self.grain * Self.grain
    }
    placeCount = max(next, Self.grain)
    places = .allocate(capacity: max(taskCount, 1))
    for (task, home) in homes.enumerated() {
      (places + task).initialize(to: UInt32(ends[home]))
      ends[home] += 1
    }
    var before = [[TaskLink]](repeating: [], count: taskCount)
    var after = [[TaskLink]](repeating: [], count: taskCount)
    for task in 0..<taskCount {
      for successor in graph.successors(of: task) {
        before[successor].append(TaskLink(place: places[task], laps: 0))
        after[task].append(TaskLink(place: places[successor], laps: 0))
      }
    }
    for edge in carried?.edges ?? [] {
      before[edge.later].append(TaskLink(place: places[edge.earlier], laps: 1))
      after[edge.earlier].append(TaskLink(place: places[edge.later], laps: 1))
    }
    slots = .allocate(capacity: placeCount)
    var waitCount: UInt32 = 0
    var successorCount: UInt32 = 0
    for (task, description) in graph.tasks.enumerated() {
      let (home, place) = (homes[task], Int(places[task]))
      let list = UInt32(starts[home])..<UInt32(ends[home])
      let ends = (
        waitCount + UInt32(before[task].count), successorCount + UInt32(after[task].count)
      )
      (slots + place).initialize(
        to: TaskSlot(
          kernel: description.kernel, arguments: description.arguments, firstWait: waitCount,
          endWait: ends.0, firstSuccessor: successorCount, endSuccessor: ends.1,
          task: UInt32(task), home: UInt16(home), writesState: description.writesState,
          mayFail: description.mayFail,
          endsOutside: description.endsOutside,
          hasSuccessorElsewhere: after[task].contains { !list.contains(UInt32($0.place)) },
          patience: UInt32(min(max(description.seconds * 1e9, 0), 1e9))))
      (waitCount, successorCount) = ends
    }
    let ending = graph.tasks.indices.filter { graph.tasks[$0].endsOutside }
    outside = .allocate(capacity: ending.count)
    for (index, task) in ending.enumerated() {
      outside.initializeElement(at: index, to: places[task])
    }
    waits = Self.copy(before)
    successors = Self.copy(after)
  }

  /// Places whose marks fill two cache lines.
  private static let grain = cachePairBytes / MemoryLayout<UInt32>.size

  private static func copy(_ links: [[TaskLink]]) -> UnsafeMutablePointer<TaskLink> {
    let flat = Array(links.joined())
    let memory = UnsafeMutablePointer<TaskLink>.allocate(capacity: max(flat.count, 1))
    memory.initialize(from: flat, count: flat.count)
    return memory
  }

  func deallocate() {
    slots.deallocate()
    waits.deallocate()
    successors.deallocate()
    places.deallocate()
    outside.deallocate()
    starts.deallocate()
    ends.deallocate()
  }
}
