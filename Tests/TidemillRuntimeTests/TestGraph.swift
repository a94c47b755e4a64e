import CKernels
import Synchronization
import TidemillGraph
import TidemillRuntime

import TidemillCompiler

/// A graph of tasks that only the runtime's tests have: predecessors of each task, all lower.
struct TestGraph {
  var predecessors: [[Int]] = []
  var writesState: Set<Int> = []
  var fails: Set<Int> = []
  /// Beside those that fail.
  var mayFail: Set<Int> = []
  var endsOutside: Set<Int> = []
  /// Rounds of work in each task.
  var work = 4
  var runsOnCaller = false
  var isBound = false
  var workspaceBytes = 256
  var kernel: tm_kernel = Probe.kernel
  /// Tasks of a call.
  var tasksPerCall = 3
  var label: (Int) -> String = { "scope/call\($0)" }
  /// What a task is planned to take.
  var seconds: (Int) -> Double = { _ in 1e-6 }
  /// The worker that a task is planned for.
  var home: (Int) -> UInt32 = { UInt32($0 * 7 % 5) }

  func taskGraph() -> TaskGraph {
    let storage = ArgumentStorage()
    let count = predecessors.count
    var successors = [[UInt32]](repeating: [], count: count)
    var tasks: [TaskGraph.Task] = []
    for (task, before) in predecessors.enumerated() {
      for predecessor in before { successors[predecessor].append(UInt32(task)) }
      let call = task / tasksPerCall
      let encoder = ArgumentEncoder(storage: storage, call: call) { _ in Place(slot: 0, offset: 0) }
      let arguments = encoder.store(
        Probe.Arguments(
          task: task, call: call, predecessors: encoder.store(before),
          predecessorCount: before.count, work: work, fails: fails.contains(task),
          endsOutside: endsOutside.contains(task),
          workspaceBytes: workspaceBytes))
      tasks.append(
        TaskGraph.Task(
          kernel: kernel, arguments: arguments, call: call, seconds: seconds(task),
          writesState: writesState.contains(task), mayFail: fails.union(mayFail).contains(task),
          endsOutside: endsOutside.contains(task),
          reads: [],
          writes: []))
    }
    var starts: [UInt32] = [0]
    for list in successors { starts.append(starts[starts.count - 1] + UInt32(list.count)) }
    let calls = stride(from: 0, to: count, by: tasksPerCall).map { first in
      TaskGraph.Call(
        label: label(first / tasksPerCall), kernelName: "probe",
        cost: Cost(flops: 1000, bytes: 500), taskCount: min(tasksPerCall, count - first))
    }
    return TaskGraph(
      tasks: tasks, calls: calls, successorStarts: starts, successors: Array(successors.joined()),
      predecessorCounts: predecessors.map { UInt32($0.count) }, homes: (0..<count).map(home),
      workspaceBytes: workspaceBytes,
      runsOnCaller: runsOnCaller, isBound: isBound, storage: storage)
  }

  /// What each task computes, by the definition: its number and the values of its predecessors.
  var expectedValues: [UInt64] {
    var values: [UInt64] = []
    for (task, before) in predecessors.enumerated() {
      values.append(before.reduce(UInt64(task) + 1) { $0 &+ values[$1] })
    }
    return values
  }
}

/// The kernel of test tasks and the memory they work on.
///
/// What a task writes is plain memory that its successors read: a missing edge is a wrong number,
/// and a data race that ThreadSanitizer sees.
enum Probe {
  struct Arguments: BitwiseCopyable {
    let task: Int
    let call: Int
    let predecessors: UnsafePointer<Int>
    let predecessorCount: Int
    let work: Int
    let fails: Bool
    let endsOutside: Bool
    let workspaceBytes: Int
  }

  /// What one task leaves behind.
  struct Record: BitwiseCopyable {
    /// Numbers of one clock of the run, which all tasks advance.
    var started: UInt32 = 0
    var ended: UInt32 = 0
    var times: UInt32 = 0
    var broken: UInt32 = 0
    var value: UInt64 = 0
    var seed: UInt64 = 0
    var step: UInt64 = 0
    var thread: UInt64 = 0
  }

  static let kernel: tm_kernel = { frame, raw in
    guard let frame, let raw, let bases = frame.pointee.bases, let clock = bases[0],
      let memory = bases[1]
    else { return }
    let arguments = raw.load(as: Arguments.self)
    let records = memory.assumingMemoryBound(to: Record.self)
    let mine = records + arguments.task
    mine.pointee.started = tick(clock)
    mine.pointee.times += 1
    mine.pointee.seed = frame.pointee.seed
    mine.pointee.step = frame.pointee.step
    var value = UInt64(arguments.task) + 1
    for index in 0..<arguments.predecessorCount {
      value &+= records[arguments.predecessors[index]].value
    }
    mine.pointee.value = value
    if !ownsWorkspace(frame, arguments) { mine.pointee.broken += 1 }
    if arguments.fails { fail(frame, arguments) }
    mine.pointee.ended = tick(clock)
  }

  static func tick(_ clock: UnsafeMutableRawPointer) -> UInt32 {
    clock.assumingMemoryBound(to: Atomic<UInt32>.self).pointee
      .wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Fills the whole workspace, works, and looks whether all is still there.
  private static func ownsWorkspace(
    _ frame: UnsafePointer<tm_frame>, _ arguments: Arguments
  ) -> Bool {
    guard arguments.workspaceBytes > 0, !arguments.endsOutside else { return true }
    guard let workspace = frame.pointee.workspace else { return false }
    let words = workspace.assumingMemoryBound(to: UInt32.self)
    let mark = UInt32(truncatingIfNeeded: arguments.task)
    let count = arguments.workspaceBytes / 4
    for round in 0..<arguments.work {
      for word in 0..<count { words[word] = mark &+ UInt32(round) }
      for word in 0..<count where words[word] != mark &+ UInt32(round) { return false }
    }
    return UInt(bitPattern: workspace) % 64 == 0
  }

  static func fail(_ frame: UnsafePointer<tm_frame>, _ arguments: Arguments) {
    guard let failure = frame.pointee.failure else { return }
    let code = UnsafeMutableRawPointer(failure).assumingMemoryBound(to: Atomic<UInt32>.self)
    let (first, _) = code.pointee.compareExchange(
      expected: TM_OK.rawValue, desired: TM_INDEX_OUT_OF_RANGE.rawValue, ordering: .relaxed)
    guard first else { return }
    failure.pointee.call = UInt32(arguments.call)
    failure.pointee.position = Int64(arguments.task)
    failure.pointee.value = 12
    failure.pointee.limit = 10
    failure.pointee.step = frame.pointee.step
  }
}

/// The memory of one execution of a test graph.
final class TestMemory {
  let count: Int
  let bases = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 2)
  private let clock = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
  private let memory: UnsafeMutablePointer<Probe.Record>

  init(count: Int) {
    self.count = count
    memory = .allocate(capacity: max(count, 1))
    memory.initialize(repeating: Probe.Record(), count: count)
    clock.initialize(to: Atomic(0))
    bases[0] = UnsafeMutableRawPointer(clock)
    bases[1] = UnsafeMutableRawPointer(memory)
  }

  deinit {
    memory.deallocate()
    clock.deallocate()
    bases.deallocate()
  }

  var records: [Probe.Record] { Array(UnsafeBufferPointer(start: memory, count: count)) }

  func clear() {
    memory.update(repeating: Probe.Record(), count: count)
    clock.pointee.store(0, ordering: .relaxed)
  }
}

/// What is wrong with what a run of the graph left behind; empty if nothing.
func violations(of graph: TestGraph, in memory: TestMemory, times: Int = 1) -> [String] {
  let records = memory.records
  let expected = graph.expectedValues
  var found: [String] = []
  for (task, record) in records.enumerated() {
    if record.times != times { found.append("task \(task) ran \(record.times) times") }
    if record.value != expected[task] { found.append("task \(task) read what was not ready") }
    if record.broken != 0 { found.append("task \(task) shared its workspace") }
    for before in graph.predecessors[task] where records[before].ended >= record.started {
      found.append("task \(task) started before \(before) ended")
    }
  }
  return found
}
