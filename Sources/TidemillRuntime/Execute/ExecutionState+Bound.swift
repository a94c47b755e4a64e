import Synchronization

/// Runs in which each task waits for its own worker, for comparison.
///
/// Helpers need not come, and may leave for a job that is more urgent. So the caller takes over the tasks of those that are not
/// in the run: the first one when it has had nothing else to do for a while, the others at once, until that helper is back.
/// Everybody who ends a task on which another one waits wakes the caller for that, so no wait is for ever.
extension ExecutionState {
  private static let away: UInt32 = 0
  private static let here: UInt32 = 1
  private static let givenUp: UInt32 = 2

  /// A thread that was asleep takes a tenth of a millisecond to come, on a busy machine some.
  private static let longestAbsence: UInt64 = 20_000_000

  /// Before a run: no helper is in it.
  func expectAll() {
    guard isBound else { return }
    for worker in 0..<workers { presence[worker].pointee.store(Self.away, ordering: .relaxed) }
  }

  /// Says that a helper has come.
  func enter(_ worker: Int) {
    guard isBound else { return }
    presence[worker].pointee.store(Self.here, ordering: .relaxed)
  }

  /// Says that a helper leaves; the caller may have to do the rest of its tasks.
  func leave(_ worker: Int) {
    guard isBound else { return }
    presence[worker].pointee.store(Self.away, ordering: .relaxed)
    wakeCaller(worker)
  }

  /// How long a worker leaves the tasks of another to it, in nanoseconds; `nil` is for ever.
  @inline(__always)
  func absence(of owner: Int, seenBy worker: Int) -> UInt64? {
    guard isBound, owner != worker else { return 0 }
    guard worker == 0 else { return nil }
    switch presence[owner].pointee.load(ordering: .relaxed) {
    case Self.here: return nil
    case Self.givenUp: return 0
    default: return Self.longestAbsence
    }
  }

  /// The caller has begun to do the tasks of a helper.
  func giveUp(_ owner: Int) {
    _ = presence[owner].pointee.compareExchange(
      expected: Self.away, desired: Self.givenUp, ordering: .relaxed)
  }
}
