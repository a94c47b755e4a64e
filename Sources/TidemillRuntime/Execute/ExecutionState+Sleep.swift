import CPlatform
import Synchronization

/// Who sleeps in a run, and who wakes whom.
///
/// A worker lies down, and then looks once more for what it may do. Whoever ends a task marks it, and then looks
/// whether someone sleeps. Both orders are total (sequentially consistent), so one of the two sees the other.
extension ExecutionState {
  private func bed(of worker: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    worker == 0 ? callerBed[0] : helpers.pointee.bed(of: worker)
  }

  /// Sleeps until someone wakes this worker, unless a last look shows that it is needed.
  ///
  /// - Parameter longest: In nanoseconds, asked for after that look; negative is without a limit.
  @inline(never)
  func sleep(_ worker: Int, longest: () -> Int64 = { -1 }, unless isNeeded: () -> Bool) {
    helpers.pointee.sleep(
      on: bed(of: worker), inSeat: seat, longest: longest, unless: isNeeded)
  }

  /// Wakes workers for the tasks that this one's end has made ready: no more than there are tasks.
  @inline(never)
  func wakeSuccessors(
    of slot: UnsafeMutablePointer<TaskSlot>, _ lap: UInt32, _ worker: Int
  ) {
    var keepsOne = false
    for next in Int(slot.pointee.firstSuccessor)..<Int(slot.pointee.endSuccessor) {
      let link = table.successors[next]
      let (place, itsLap) = (link.place, lap &+ link.laps)
      guard itsLap < laps, isReady(place, epoch &+ itsLap) else { continue }
      let home = Int(table.slots[place].home)
      if isBound {
        // Nobody else may run it, but for the caller where its worker does not come.
        _ = wake(0)
        if home != 0 { _ = wake(home) }
        continue
      }
      if home == worker && !keepsOne {
        keepsOne = true
      } else if home == worker || !wake(home) {
        wakeAnyone(near: home)
      }
    }
  }

  /// Its own worker is busy: someone else may come.
  private func wakeAnyone(near home: Int) {
    for step in 1..<workers where wake(helpers.pointee.victim(of: home, step, workers)) { return }
  }

  private func wake(_ worker: Int) -> Bool { helpers.pointee.wake(bed(of: worker)) }

  /// A helper that has found nothing left to claim tells the caller, who may sleep until then.
  func wakeCaller(_ worker: Int) {
    guard worker > 0 else { return }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    _ = wake(0)
  }
}
