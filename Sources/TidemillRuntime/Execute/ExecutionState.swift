import CKernels
import CPlatform
import Synchronization
import TidemillCompiler
import TidemillGraph

/// The memory of an execution: flat arrays behind pointers, so that the task loop counts no
/// references, checks no exclusivity and allocates nothing.
///
/// Workers read this structure at the same time; what changes during a run is atomic or one
/// worker's own.
struct ExecutionState {
  let table: TaskTable
  let claims: Claims
  /// By place: the epoch of the last lap in which the task was done.
  let done: AtomicWords
  let failure: UnsafeMutablePointer<tm_failure>
  let workers: Int
  /// One for each worker.
  let frames: UnsafeMutablePointer<tm_frame>
  let helpers: UnsafeMutablePointer<Helpers>
  /// Where the caller sleeps; helpers have beds of their own.
  let callerBed = AtomicWords(count: 1, .apart)
  /// Whether a failure leaves out all tasks that have not begun; else those that write state only.
  private let endsAtFailure: Bool
  /// Whether each task waits for its own worker.
  let isBound: Bool
  /// For each worker whether it is in the run, where tasks wait for it.
  let presence: AtomicWords
  /// The workers beside the caller that have something to do when a run begins.
  let invited: UnsafeMutableBufferPointer<UInt16>

  // Of the run.
  /// The epoch of the run's first lap. Laps count on from run to run.
  private(set) var epoch: UInt32 = 0
  private var lastEpoch: UInt32 = 0
  /// How often every task is run.
  private(set) var laps: UInt32 = 1
  private var bases: BaseTables?
  private var step: UInt64 = 0
  /// Where someone may ask for the run's end.
  private var stop: UnsafeMutablePointer<Atomic<UInt32>>?
  private var deadline = UInt64.max
  /// The seat on the board.
  private(set) var seat: UInt32 = 0
  /// Where this run's events go, one for each worker; no more workers than `ringCount` record.
  private(set) var rings: UnsafeMutablePointer<UnsafeMutablePointer<TraceRing>>?
  private(set) var ringCount = 0

  init(
    _ graph: TaskGraph, carried: CarriedEdges?, workers: Int,
    helpers: UnsafeMutablePointer<Helpers>
  ) {
    self.workers = workers
    self.helpers = helpers
    table = TaskTable(graph, carried: carried, workers: workers)
    claims = Claims(table, graph)
    done = AtomicWords(count: table.placeCount, .dense)
    isBound = graph.isBound
    presence = AtomicWords(count: workers, .apart)
    endsAtFailure = !graph.tasks.contains(where: \.writesState)
    invited = Self.invitations(graph, workers: workers)
    failure = UnsafeMutableRawPointer.allocate(
      byteCount: cachePairBytes, alignment: cachePairBytes
    ).bindMemory(to: tm_failure.self, capacity: 1)
    failure.initialize(to: tm_failure())
    frames = .allocate(capacity: workers)
    frames.initialize(repeating: tm_frame(), count: workers)
    for worker in 0..<workers { frames[worker].failure = failure }
  }

  /// As many as there are tasks that wait for nothing, but for the one that the caller does: first those
  /// whose own they are.
  private static func invitations(
    _ graph: TaskGraph, workers: Int
  ) -> UnsafeMutableBufferPointer<UInt16> {
    let ready = graph.tasks.indices.filter { graph.predecessorCounts[$0] == 0 }
    let homes = Set(ready.map { UInt16(Int(graph.homes[$0]) % workers) }).subtracting([0])
    let others = Set((0..<UInt16(workers)).dropFirst()).subtracting(homes)
    let order = (homes.sorted() + others.sorted()).prefix(max(ready.count - 1, 0))
    let invited = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: order.count)
    _ = invited.initialize(from: order)
    return invited
  }

  /// Gives each worker's frame its workspace.
  func use(_ workspaces: Workspaces) {
    for worker in 0..<workers { frames[worker].workspace = workspaces[worker] }
  }

  func deallocate() {
    table.deallocate()
    claims.deallocate()
    done.deallocate()
    failure.deallocate()
    frames.deallocate()
    callerBed.deallocate()
    presence.deallocate()
    invited.deallocate()
  }

  // MARK: Before a run

  /// Tells every worker's frame what this run is about.
  mutating func prepare(
    laps: UInt32, bases: BaseTables, seed: UInt64, step: UInt64, limits: RunLimits, trace: Trace?
  ) {
    stop = limits.cancellation?.word[0]
    deadline = limits.deadline
    (self.laps, self.bases, self.step) = (laps, bases, step)
    failure.pointee = tm_failure()
    for worker in 0..<workers {
      frames[worker].bases = bases.first
      frames[worker].seed = seed
      frames[worker].step = step
    }
    trace?.beginRuns(Int(laps))
    rings = trace?.rings
    ringCount = trace?.workers ?? 0
  }

  /// Begins new claims. Relaxed memory operations: no helper is in the job, and opening it publishes them.
  mutating func beginShared(seat: Int) {
    epoch = lastEpoch &+ 1
    lastEpoch &+= laps
    self.seat = UInt32(truncatingIfNeeded: seat)
    claims.begin()
    expectAll()
  }

  @inline(__always)
  func ring(of worker: Int) -> UnsafeMutablePointer<TraceRing>? {
    guard let rings, worker < ringCount else { return nil }
    return rings[worker]
  }

  /// Tells a worker's frame which lap its next task is of.
  @inline(__always)
  func enter(_ lap: UInt32, _ frame: UnsafeMutablePointer<tm_frame>) {
    guard laps > 1, let bases else { return }
    frame.pointee.bases = bases.first + Int(lap) &* bases.stride
    frame.pointee.step = step &+ UInt64(lap)
  }

  // MARK: Failure

  /// Whether a task is left out because the run has failed, or is to end.
  ///
  /// The record's first word is written by kernels with a compare-exchange; here it is read as the
  /// atomic that it is. Relaxed is enough: a task that writes state has an edge, or a path of them,
  /// from every check that must be able to stop it, and the mark that the task waited for has
  /// made what those tasks wrote visible. A failure elsewhere may be seen or not; it then stops
  /// only what is not ordered with it.
  @inline(__always)
  func isLeftOut(
    _ slot: UnsafeMutablePointer<TaskSlot>, _ frame: UnsafeMutablePointer<tm_frame>
  ) -> Bool {
    if failureCode.pointee.load(ordering: .relaxed) == TM_OK.rawValue {
      return isToEnd && endRun(at: slot, frame)
    }
    // Of several laps no later one than that which has failed may begin.
    return slot.pointee.writesState || endsAtFailure || laps > 1
  }

  private var failureCode: UnsafeMutablePointer<Atomic<UInt32>> {
    UnsafeMutableRawPointer(failure).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  @inline(__always)
  private var isToEnd: Bool {
    stopReason != TM_OK.rawValue
      || (deadline != .max && tidemill_nanoseconds() >= deadline)
  }

  @inline(__always)
  private var stopReason: UInt32 { stop?.pointee.load(ordering: .relaxed) ?? TM_OK.rawValue }

  /// Fails the run where that leaves no state half written: anywhere if it writes none; else only at a task that may fail
  /// anyhow, on which all that writes state in its lap waits.
  @inline(never)
  private func endRun(
    at slot: UnsafeMutablePointer<TaskSlot>, _ frame: UnsafeMutablePointer<tm_frame>
  ) -> Bool {
    guard endsAtFailure || slot.pointee.mayFail else { return false }
    let why = stopReason
    let (isFirst, _) = failureCode.pointee.compareExchange(
      expected: TM_OK.rawValue, desired: why == TM_OK.rawValue ? TM_LATE.rawValue : why,
      ordering: .relaxed)
    if isFirst { failure.pointee.step = frame.pointee.step }
    return true
  }
}
