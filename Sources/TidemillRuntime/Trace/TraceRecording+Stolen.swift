import TidemillCompiler

/// Tasks that another worker ran than the one that they were planned for.
package struct StolenTasks: Sendable, Equatable {
  package let count: Int
  /// Time of these tasks.
  package let nanoseconds: UInt64
}

extension TraceRecording {
  /// Adds up the tasks that ran away from their home, over all runs.
  ///
  /// - Complexity: O(events).
  package func stolenTasks() -> StolenTasks {
    let stolen = events.lazy.filter { isStolen($0) }
    return StolenTasks(
      count: stolen.count, nanoseconds: stolen.reduce(0) { $0 + $1.nanoseconds })
  }
}
