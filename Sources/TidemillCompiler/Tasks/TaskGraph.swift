import CKernels
import TidemillGraph

/// Everything a run does: tasks, each a kernel and its arguments, and the order that they need.
///
/// Immutable and shared by all sessions. Tasks are listed by urgency, which is a topological order: every edge goes
/// from a lower to a higher index. Each worker goes through those planned for it in this order.
package struct TaskGraph: Sendable {
  /// One tile of one kernel call.
  package struct Task: @unchecked Sendable {
    // Unchecked: a C function and immutable memory that `storage` keeps.
    package let kernel: tm_kernel
    package let arguments: UnsafeRawPointer
    /// Position in `calls`.
    package let call: Int
    /// What it computes.
    package let work: Work
    /// What it is expected to take.
    package let seconds: Double
    /// Writes state, and so is left out once the run has failed.
    package let writesState: Bool
    /// May fail the run, and so comes before every task that writes state.
    package let mayFail: Bool
    /// Its kernel only begins it: somebody else says when it is done, as with communication or input and output.
    package let endsOutside: Bool
    /// What the tile touches, for the edges and the verifier; not read while running.
    package let reads: [TouchedRegion]
    package let writes: [TouchedRegion]

    package init(
      kernel: tm_kernel, arguments: UnsafeRawPointer, call: Int, work: Work = Work(.other),
      seconds: Double, writesState: Bool, mayFail: Bool, endsOutside: Bool = false,
      reads: [TouchedRegion], writes: [TouchedRegion]
    ) {
      self.kernel = kernel
      self.arguments = arguments
      self.call = call
      self.work = work
      self.seconds = seconds
      self.writesState = writesState
      self.mayFail = mayFail
      self.endsOutside = endsOutside
      self.reads = reads
      self.writes = writes
    }

    /// Places that it reads, and those that it only writes.
    var touched: [TouchedRegion] { reads + writes.filter { !reads.contains($0) } }
  }

  /// Bytes of a slot.
  package struct TouchedRegion: Hashable, Sendable {
    package let slot: Int
    package let region: Region

    package init(slot: Int, region: Region) {
      self.slot = slot
      self.region = region
    }
  }

  /// What tasks of the same call have in common, for errors, traces and profiles.
  package struct Call: Sendable {
    /// Scope and operations, such as `layers/0/matmul`.
    package let label: String
    /// The kernel's name in the C list.
    package let kernelName: String
    package let cost: Cost
    package let taskCount: Int
    /// The name of the guarded value, where the call is a guard.
    package let guardName: String?

    package init(
      label: String, kernelName: String, cost: Cost, taskCount: Int, guardName: String? = nil
    ) {
      self.label = label
      self.kernelName = kernelName
      self.cost = cost
      self.taskCount = taskCount
      self.guardName = guardName
    }
  }

  package let tasks: [Task]
  package let calls: [Call]
  /// Successors of task `i`: `successors[successorStarts[i] ..< successorStarts[i + 1]]`.
  package let successorStarts: [UInt32]
  package let successors: [UInt32]
  /// How many tasks must end before task `i` may start.
  package let predecessorCounts: [UInt32]
  /// The worker that task `i` is planned for, of as many as the graph was compiled for.
  package let homes: [UInt32]
  /// Bytes of workspace that each worker needs.
  package let workspaceBytes: Int
  /// Whether the caller runs all tasks by itself, in order, because threads would not gain.
  package let runsOnCaller: Bool
  /// Whether each task waits for the worker that it is planned for, for comparison; else whoever is free takes it.
  package let isBound: Bool
  /// Keeps the memory of the arguments.
  package let storage: ArgumentStorage

  package init(
    tasks: [Task], calls: [Call], successorStarts: [UInt32], successors: [UInt32],
    predecessorCounts: [UInt32], homes: [UInt32], workspaceBytes: Int, runsOnCaller: Bool,
    isBound: Bool = false, storage: ArgumentStorage
  ) {
    self.tasks = tasks
    self.calls = calls
    self.successorStarts = successorStarts
    self.successors = successors
    self.predecessorCounts = predecessorCounts
    self.homes = homes
    self.workspaceBytes = workspaceBytes
    self.runsOnCaller = runsOnCaller
    self.isBound = isBound
    self.storage = storage
  }
}
