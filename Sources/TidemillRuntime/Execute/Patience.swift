import CPlatform

/// How long a worker has had nothing to do, and so which tasks of other NUMA nodes it may take: each is left to its own worker
/// for as long as it is planned to take. Its bytes are near there, and waiting costs at most as much again.
struct Patience {
  /// Whether the tasks that are looked at are another node's.
  var isNeeded = false
  /// For how long all of a worker's tasks are left to it, in nanoseconds.
  var absence: UInt64 = 0
  private let begin: UInt64
  private var waited: UInt64 = 0
  /// Of the tasks that the last search left to others, how long the first one is still left to them.
  private var shortest = UInt64.max
  private let isTimed: Bool

  /// - Parameter isTimed: Whether any task is ever left to its own worker.
  init(isTimed: Bool) {
    self.isTimed = isTimed
    begin = isTimed ? tidemill_nanoseconds() : 0
  }

  /// Begins a search.
  @inline(__always)
  mutating func look() {
    guard isTimed else { return }
    waited = tidemill_nanoseconds() &- begin
    shortest = .max
  }

  /// Whether a task is left to its own worker no longer.
  @inline(__always)
  mutating func ends(for task: UInt32) -> Bool {
    let patience = max(isNeeded ? UInt64(task) : 0, absence)
    guard patience > waited else { return true }
    shortest = min(shortest, patience &- waited)
    return false
  }

  /// For how many nanoseconds there is nothing to look for; negative where somebody else has to say when there is.
  var left: Int64 { shortest == .max ? -1 : Int64(clamping: shortest) }
}
