import TidemillRuntime

extension Session {
  /// How urgent the runs of a session are: the threads of a pool help those that are more urgent first, and leave others for
  /// them between two tasks.
  ///
  /// The thread that calls stays with its run, whatever comes.
  public enum Priority: Sendable, Hashable, CaseIterable {
    /// After all others: training in the background of a server.
    case low
    /// As others.
    case normal
    /// Before all others: what somebody waits for.
    case high

    var ofJobs: JobPriority {
      switch self {
      case .low: .low
      case .normal: .normal
      case .high: .high
      }
    }
  }
}

extension Duration {
  /// Not negative, and at most what 63 bits hold.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
