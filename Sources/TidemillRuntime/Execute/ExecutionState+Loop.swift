import CPlatform
import Synchronization

/// The task loops.
///
/// Tasks are claimed in the order of the task graph, one fetch-and-add each, and whoever claims one
/// runs it. Every edge goes forward in that order. So of all tasks that are claimed and not done
/// the first has nothing to wait for, and its worker runs: no wait is for ever, however few of the
/// workers the system runs at a time.
///
/// What a task writes is visible to its successors: each predecessor's subtraction releases, they
/// form one release sequence, and the successor's worker acquires the counter when it finds it 0.
extension ExecutionState {
  /// Runs all tasks in order, with nobody beside.
  @inline(never)
  func workAlone() {
    let ring = ring(of: 0)
    for index in 0..<taskCount { perform(index, worker: 0, ring) }
  }

  /// Claims and runs tasks beside other workers until none is left.
  @inline(never)
  func workAlongside(worker: Int) {
    let ring = ring(of: worker)
    let cursor = cursor[0]
    while true {
      // Relaxed: what the claimed task needs comes with its counter, and opening the job has
      // published the rest.
      let index = Int(cursor.pointee.wrappingAdd(1, ordering: .relaxed).oldValue)
      if index >= taskCount { return }
      let counter = counters.base + index
      if counter.pointee.load(ordering: .acquiring) != 0 { waitForZero(counter) }
      perform(index, worker: worker, ring)
      releaseSuccessors(of: index)
    }
  }

  @inline(__always)
  private func ring(of worker: Int) -> UnsafeMutablePointer<TraceRing>? {
    guard let rings, worker < ringCount else { return nil }
    return rings[worker]
  }

  /// Runs a task's kernel, unless it writes state and the run has failed.
  @inline(__always)
  private func perform(_ index: Int, worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?) {
    let slot = slots + index
    let frame = frames + worker
    let start = ring == nil ? 0 : tidemill_nanoseconds()
    if !slot.pointee.writesState || !hasFailed {
      slot.pointee.kernel(frame, slot.pointee.arguments)
    }
    if let ring {
      ring.pointee.append(task: index, start: start, end: tidemill_nanoseconds())
    }
  }

  // MARK: Counters

  /// Set in a counter by the one worker that waits for it, before it sleeps.
  private static var sleeps: UInt32 { 1 << 31 }

  @inline(__always)
  private func releaseSuccessors(of index: Int) {
    let end = successors + Int(slots[index].endSuccessor)
    var next = successors + Int(slots[index].firstSuccessor)
    while next < end {
      let counter = counters.base + Int(next.pointee)
      let now = counter.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
      // Only the last predecessor sees this. The memory is still there, although the successor may
      // be done already: the run does not end before this worker has left it.
      if now == Self.sleeps { _ = tidemill_futex_wake(counter, 1) }
      next += 1
    }
  }

  /// Waits until all predecessors have ended: a short spin, then sleep, so that where there are more
  /// workers than cores those that have something to do get the cores.
  @inline(never)
  private func waitForZero(_ counter: UnsafeMutablePointer<Atomic<UInt32>>) {
    if spin.wait(until: { counter.pointee.load(ordering: .acquiring) == 0 }) { return }
    while true {
      let now = counter.pointee.bitwiseOr(Self.sleeps, ordering: .acquiring).newValue
      if now == Self.sleeps { return }
      _ = tidemill_futex_wait(counter, now, -1)
    }
  }
}
