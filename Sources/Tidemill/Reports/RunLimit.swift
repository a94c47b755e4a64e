/// What keeps a run from being faster.
public struct RunLimit: Sendable, Equatable {
  /// A kind of limit.
  public enum Kind: String, Codable, Sendable {
    /// The longest chain of tasks that wait for each other.
    case criticalPath = "critical_path"
    /// The work, on as many workers as there are.
    case work
    /// Memory gives no more bytes a second.
    case memory
    /// Tasks that were ready and that no worker had started yet.
    case overhead
    /// Workers for which no task was ready.
    case idle
  }

  /// The one that counts most.
  public let kind: Kind
  /// A sentence that says so, with the figures that it follows from.
  public let sentence: String

  /// Of the memory's bandwidth, from which on a run is said to wait for it.
  private static let muchOfMemory = 0.7
  /// Of the wall time, from which on a path or work is said to be all there is.
  private static let nearlyAll = 0.9

  /// What limits a run with these figures.
  ///
  /// - Parameters:
  ///   - memoryBandwidth: Bytes a second that memory gives to all workers, where that was measured.
  init(_ profile: RunProfile, memoryBandwidth: Double? = nil) {
    func percent(_ share: Double) -> String { NumberText.percent(share, 0) }
    let wall = max(profile.wallSeconds, 1e-12)
    // Runs that overlap have more than all of the time together.
    let path = min(profile.criticalPathSeconds / wall, 1)
    let bytes = profile.rows.reduce(0) { $0 + $1.gigabytesPerSecond * $1.seconds } / wall
    let memory = memoryBandwidth.map { bytes * 1e9 / max($0, 1) } ?? 0
    if memory >= Self.muchOfMemory {
      kind = .memory
      sentence =
        "Memory: operations move \(NumberText.fixed(bytes, 1)) GB/s, \(percent(memory)) of what memory "
        + "gives; what is still in caches counts too. Fewer bytes would help, more threads would not."
    } else if profile.threads > 1, path >= Self.nearlyAll {
      kind = .criticalPath
      sentence =
        "The critical path: tasks that wait for each other take \(percent(path)) of the time, so more "
        + "threads would not help."
    } else if profile.utilization >= Self.nearlyAll {
      kind = .work
      let busy = percent(profile.utilization)
      sentence =
        profile.threads == 1
        ? "The work: the worker is in a task \(busy) of the time."
        : "The work: the \(profile.threads) workers are in a task \(busy) of the time, and the critical "
          + "path takes \(percent(path)) of it, so more threads would help."
    } else if profile.overheadShare >= profile.idleShare {
      kind = .overhead
      let mean = profile.busySeconds / Double(max(profile.taskCount, 1)) * 1e6
      sentence =
        "Handing over: for \(percent(profile.overheadShare)) of the workers' time a task was ready that "
        + "nobody had started; a task takes \(NumberText.significant(mean, 3)) µs in the mean."
    } else {
      kind = .idle
      sentence =
        "Waiting: for \(percent(profile.idleShare)) of the workers' time no task was ready; the critical "
        + "path takes \(percent(path)) of the time."
    }
  }
}
