import Foundation
import TidemillCompiler
import TidemillRuntime

/// Where the time of some runs of a session went, operation by operation.
///
/// ```swift
/// try session.run(images, labels)                       // once before, to warm up
/// let profile = try session.profile(runs: 10) { try session.run(images, labels) }
/// for row in profile.rows { print(row.label, row.share) }
/// try profile.writeChromeTrace(to: "trace.json")
/// ```
public struct RunProfile: Sendable {
  /// All calls of one operation and kernel.
  public struct Row: Codable, Sendable, Equatable {
    /// Scope and operations: `0/matmul`.
    public let label: String
    /// The kernel that did it: `gemm`.
    public let kernel: String
    /// How often it was called, over all runs.
    public let calls: Int
    /// The pieces that the calls were cut into, over all runs.
    public let tasks: Int
    /// Time of the pieces, summed over the workers.
    public let seconds: Double
    /// Of the time of all rows, between 0 and 1.
    public let share: Double
    /// Billions of floating-point operations per second of that time, so for one core.
    public let gflops: Double
    /// Billions of bytes that must move per second of that time.
    public let gigabytesPerSecond: Double
  }

  /// The longest first.
  public let rows: [Row]
  /// How many runs were recorded.
  public let runs: Int
  /// How many workers there were.
  public let threads: Int
  /// Time of all pieces, summed over the workers.
  public let busySeconds: Double
  /// Time of the runs, as a clock on the wall sees it.
  public let wallSeconds: Double
  /// Pieces that there was no room for; then the profile is of the last runs.
  public let droppedTasks: Int
  /// How many pieces ran, over all runs.
  public let taskCount: Int
  /// The longest chains of pieces that wait for each other, a chain for each run: no number of threads makes the
  /// runs shorter.
  public let criticalPathSeconds: Double
  /// What workers spent outside of pieces although one was ready for each of them, summed over them.
  public let overheadSeconds: Double
  /// What workers spent outside of pieces because none was ready for them, summed over them.
  public let idleSeconds: Double
  /// Pieces that another worker ran than the one that they were planned for.
  public let stolenTasks: Int
  /// Time of these pieces.
  public let stolenSeconds: Double
  private let recording: TraceRecording
  private let arena: [ArenaValue]

  /// The share of the workers' time that they worked, between 0 and 1.
  public var utilization: Double { share(busySeconds) }
  /// The share of the workers' time that was overhead, between 0 and 1.
  public var overheadShare: Double { share(overheadSeconds) }
  /// The share of the workers' time in which there was nothing to do for them, between 0 and 1.
  public var idleShare: Double { share(idleSeconds) }
  /// Of the pieces, those that ran away from home, between 0 and 1.
  public var stolenShare: Double { taskCount > 0 ? Double(stolenTasks) / Double(taskCount) : 0 }

  private func share(_ seconds: Double) -> Double {
    wallSeconds > 0 ? min(seconds / (wallSeconds * Double(threads)), 1) : 0
  }

  /// What keeps the runs from being faster.
  ///
  /// - Parameter memoryBandwidth: Bytes a second that memory gives to all threads; without it, memory is not
  ///   named.
  public func limit(memoryBandwidth: Double? = nil) -> RunLimit {
    RunLimit(self, memoryBandwidth: memoryBandwidth)
  }

  package init(_ recording: TraceRecording, arena: [ArenaValue] = []) {
    self.recording = recording
    self.arena = arena
    let profile = recording.profile()
    rows = profile.rows.map { row in
      Row(
        label: row.label, kernel: row.kernel, calls: row.calls, tasks: row.tasks,
        seconds: Double(row.nanoseconds) / 1e9, share: row.share, gflops: row.gflops,
        gigabytesPerSecond: row.gigabytesPerSecond)
    }
    runs = profile.runs
    threads = recording.workerNames.count
    busySeconds = Double(profile.nanoseconds) / 1e9
    wallSeconds = Double(profile.wallNanoseconds) / 1e9
    droppedTasks = recording.dropped
    taskCount = recording.events.count
    criticalPathSeconds = Double(recording.criticalPath().nanoseconds) / 1e9
    let workers = recording.workerTime()
    overheadSeconds = Double(workers.overhead) / 1e9
    idleSeconds = Double(workers.idle) / 1e9
    let stolen = recording.stolenTasks()
    stolenTasks = stolen.count
    stolenSeconds = Double(stolen.nanoseconds) / 1e9
  }

  /// Writes when and where each piece ran, for Perfetto or `chrome://tracing`: whole, or not at all
  /// and an old file survives.
  ///
  /// - Throws: `file`, with the path and the system's reason.
  public func writeChromeTrace(to path: String) throws {
    try AtomicFile.write(Array(recording.chromeTrace(arena: arena)), to: path)
  }

  /// Who ran what when in the last run: bars are coloured by operation.
  public var gantt: Gantt {
    let last = recording.events.map(\.run).max() ?? 0
    let events = recording.events.filter { $0.run == last }
    let zero = events.map(\.start).min() ?? 0
    return Gantt(
      "A run of \(recording.graph.tasks.count) tasks", x: "time in µs", rows: recording.workerNames,
      events.map { event in
        Gantt.Bar(
          row: event.worker, start: Double(event.start - zero) / 1e3,
          end: Double(max(event.start, event.end) - zero) / 1e3, label: recording.label(of: event))
      })
  }
}

extension Session {
  /// Records runs, and adds up where their time went.
  ///
  /// Recording costs two looks at the clock and 24 bytes a task. The memory for it is for runs of
  /// the shapes last used, so run once before.
  ///
  /// - Parameters:
  ///   - runs: How many there will be.
  ///   - body: Runs the session once.
  /// - Throws: What `body` throws.
  public func profile(runs: Int, _ body: () throws -> Void) throws -> RunProfile {
    let perRun = max(executable.tasks.tasks.count, 1)
    let trace = makeTrace(eventsPerWorker: min(perRun * min(max(runs, 1), 1 << 20), 1 << 20))
    self.trace = trace
    defer { self.trace = nil }
    for _ in 0..<max(runs, 0) { try body() }
    return RunProfile(
      trace.recording(of: executable.tasks), arena: executable.plan.arenaValues)
  }
}
