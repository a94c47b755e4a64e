import CKernels
import Synchronization
import TidemillCompiler
import TidemillGraph

/// What the loop reads of a task: half a cache line.
struct TaskSlot {
  let kernel: tm_kernel
  let arguments: UnsafeRawPointer
  /// Successors are those at `firstSuccessor ..< endSuccessor` of the flat array.
  let firstSuccessor: UInt32
  let endSuccessor: UInt32
  let writesState: Bool
}

/// The memory of an execution: flat arrays behind pointers, so that the task loop counts no
/// references, checks no exclusivity and allocates nothing.
///
/// Workers read this structure at the same time; what changes during a run is atomic or one
/// worker's own.
struct ExecutionState {
  let taskCount: Int
  let slots: UnsafeMutablePointer<TaskSlot>
  let successors: UnsafeMutablePointer<UInt32>
  /// What the counters begin with.
  let predecessorCounts: UnsafeMutablePointer<UInt32>
  /// For each task the predecessors that have not ended, and a bit: workers sleep on it.
  let counters: AtomicWords
  /// Who goes through which tasks.
  var lists: WorkLists
  let failure: UnsafeMutablePointer<tm_failure>
  let workers: Int
  /// One for each worker; written between runs only.
  let frames: UnsafeMutablePointer<tm_frame>
  let spin: Spin
  /// Where this run's events go, one for each worker; no more workers than `ringCount` record.
  var rings: UnsafeMutablePointer<UnsafeMutablePointer<TraceRing>>?
  var ringCount = 0

  init(_ graph: TaskGraph, workers: Int, spin: Spin) {
    let count = graph.tasks.count
    self.workers = workers
    self.spin = spin
    taskCount = count
    slots = .allocate(capacity: max(count, 1))
    for (index, task) in graph.tasks.enumerated() {
      (slots + index).initialize(
        to: TaskSlot(
          kernel: task.kernel, arguments: task.arguments,
          firstSuccessor: graph.successorStarts[index],
          endSuccessor: graph.successorStarts[index + 1], writesState: task.writesState))
    }
    successors = Self.copy(graph.successors)
    predecessorCounts = Self.copy(graph.predecessorCounts)
    counters = AtomicWords(count: max(count, 1), .dense)
    lists = WorkLists(graph, workers: workers)
    failure = UnsafeMutableRawPointer.allocate(
      byteCount: AtomicWords.alignment, alignment: AtomicWords.alignment
    ).bindMemory(to: tm_failure.self, capacity: 1)
    failure.initialize(to: tm_failure())
    frames = .allocate(capacity: workers)
    frames.initialize(repeating: tm_frame(), count: workers)
    for worker in 0..<workers { frames[worker].failure = failure }
  }

  /// Gives each worker's frame its workspace.
  func use(_ workspaces: Workspaces) {
    for worker in 0..<workers { frames[worker].workspace = workspaces[worker] }
  }

  private static func copy(_ values: [UInt32]) -> UnsafeMutablePointer<UInt32> {
    let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: max(values.count, 1))
    memory.initialize(from: values, count: values.count)
    return memory
  }

  func deallocate() {
    slots.deallocate()
    successors.deallocate()
    predecessorCounts.deallocate()
    counters.deallocate()
    lists.deallocate()
    failure.deallocate()
    frames.deallocate()
  }

  // MARK: Before a run

  /// Tells every worker's frame what this run is about.
  mutating func prepare(
    bases: UnsafePointer<UnsafeMutableRawPointer?>, seed: UInt64, step: UInt64, trace: Trace?
  ) {
    failure.pointee = tm_failure()
    for worker in 0..<workers {
      frames[worker].bases = bases
      frames[worker].seed = seed
      frames[worker].step = step
    }
    trace?.beginRun()
    rings = trace?.rings
    ringCount = trace?.workers ?? 0
  }

  /// Sets the counters back, and begins new claims. Plain memory operations: no helper is in the job, and opening it
  /// publishes them.
  mutating func beginShared() {
    UnsafeMutableRawPointer(counters.base).copyMemory(
      from: predecessorCounts, byteCount: taskCount * MemoryLayout<UInt32>.size)
    lists.begin()
  }

  // MARK: Failure

  /// Whether a kernel has failed the run.
  ///
  /// The record's first word is written by kernels with a compare-exchange; here it is read as the
  /// atomic that it is. Relaxed is enough: a task that writes state has an edge, or a path of them,
  /// from every check that must be able to stop it, and the counter that the task waited for has
  /// made what those tasks wrote visible. A failure elsewhere may be seen or not; it then stops
  /// only what is not ordered with it.
  @inline(__always)
  var hasFailed: Bool {
    UnsafeMutableRawPointer(failure).assumingMemoryBound(to: Atomic<UInt32>.self)
      .pointee.load(ordering: .relaxed) != TM_OK.rawValue
  }
}
