import CPlatform

/// A wait that burns the core for a bounded time, before the sleep that costs two context switches.
struct Spin: Sendable {
  /// How long; 0 is a few looks only, for when the one that is waited for may need this very core.
  let nanoseconds: UInt64

  /// Waking from a futex takes 25 to 29 µs, twice that in the worst of twenty cases (PROBES.md): a
  /// spin as long as that costs at most twice the best choice.
  static let bounded = Spin(nanoseconds: 50_000)
  static let none = Spin(nanoseconds: 0)

  /// Looks until `condition` holds or time is up, and returns whether it holds.
  @inline(__always)
  func wait(until condition: () -> Bool) -> Bool {
    if look(64, condition) { return true }
    guard nanoseconds > 0 else { return false }
    let deadline = tidemill_nanoseconds() &+ nanoseconds
    repeat {
      if look(32, condition) { return true }
    } while tidemill_nanoseconds() < deadline
    return false
  }

  @inline(__always)
  private func look(_ times: Int, _ condition: () -> Bool) -> Bool {
    var left = times
    while left > 0 {
      if condition() { return true }
      tidemill_pause()
      left &-= 1
    }
    return false
  }
}
