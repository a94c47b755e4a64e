import CPlatform
import Tidemill

/// How fast a workload's training step is, and what it takes.
///
/// Measured as other engines are: three steps to warm up, then steps for some seconds, five at
/// least; each step includes reading the loss.
struct WorkloadMeasurement: Encodable {
  let workload: String
  let threads: Int
  /// Whether threads met after each operation.
  let barriers: Bool
  /// Whether workers took tasks of one another.
  let stealing: Bool
  let steps: Int
  let stepMsBest: Double
  let stepMsMedian: Double
  let samplesPerSecond: Double
  let arenaBytes: Int
  let stateBytes: Int
  let peakRssBytes: UInt64
  /// The fewest over some windows right after the steps that warm up: a worker touches its workspace when it first has a task
  /// that needs it, which may be later.
  let pageFaultsPerStep: Double
  let lossFirst: Double
  let lossLast: Double

  private static let windows = 8
  private static let stepsOfWindow = 5

  /// Measures.
  init(
    _ workload: Workload, threads: Int?, seconds: Double, barriers: Bool = false,
    stealing: Bool = true
  ) throws {
    ResidentMemory.resetPeak()
    let function = try workload.compiled(
      threads: threads, barriers: barriers, stealing: stealing)
    let session = try function.session(workload.initialize(seed: 1))
    let data = try workload.data(seed: 1)
    func step() throws -> Float {
      try session.run(data.input, data.target).withScalars { $0[0] }
    }
    let first = try step()
    for _ in 0..<2 { _ = try step() }

    var fewest = Double.infinity
    for _ in 0..<Self.windows where fewest > 0 {
      let before = tidemill_page_faults()
      for _ in 0..<Self.stepsOfWindow { _ = try step() }
      fewest = min(
        fewest, Double(tidemill_page_faults() - before) / Double(Self.stepsOfWindow))
    }
    pageFaultsPerStep = fewest

    var times = StepTimes()
    var loss = first
    var now = tidemill_nanoseconds()
    let end = now + UInt64(seconds * 1e9)
    while now < end || times.count < 5 {
      let start = tidemill_nanoseconds()
      loss = try step()
      now = tidemill_nanoseconds()
      times.record(now - start)
    }
    self.workload = workload.name
    self.threads = function.threads
    self.barriers = barriers
    self.stealing = stealing
    steps = times.count
    stepMsBest = Double(times.best) / 1e6
    stepMsMedian = Double(times.median) / 1e6
    samplesPerSecond = Double(workload.batchSize) / max(Double(times.median) / 1e9, 1e-9)
    arenaBytes = function.memory.arenaBytes
    stateBytes = function.memory.stateBytes
    peakRssBytes = ResidentMemory.peak()
    lossFirst = Double(first)
    lossLast = Double(loss)
  }
}
