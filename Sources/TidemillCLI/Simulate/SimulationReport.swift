import Tidemill
import TidemillCompiler

/// A simulated step, for JSON. Names of fields are stable.
struct SimulationReport: Encodable {
  let workload: String
  let batch: Int
  let threads: Int
  let tasks: Int
  let barriers: Bool
  let makespanMs: Double
  let criticalPathMs: Double
  let areaBoundMs: Double
  let efficiency: Double
  let remoteNumaBytes: Double
  let leastRemoteNumaBytes: Double
  let steals: Int
  /// The median of real steps, and what was predicted beside it; left out where none ran.
  var measuredMs: Double?
  var predictedByMeasured: Double?
  /// Left out where it was not asked for.
  var curve: [ScalingCurve.Point]?

  init(_ workload: Workload, _ run: SimulatedRun, barriers: Bool) {
    self.workload = workload.name
    batch = workload.batchSize
    threads = run.workers
    tasks = run.entries.count
    self.barriers = barriers
    makespanMs = run.makespan * 1e3
    criticalPathMs = run.criticalPath * 1e3
    areaBoundMs = run.areaBound * 1e3
    efficiency = run.efficiency
    remoteNumaBytes = run.remoteBytes
    leastRemoteNumaBytes = run.leastRemoteBytes
    steals = run.steals
  }

  /// What is told a person.
  var lines: [String] {
    func milliseconds(_ value: Double) -> String { "\(NumberText.significant(value)) ms" }
    func bytes(_ value: Double) -> String { NumberText.bytes(Int(value)) }
    var lines = [
      "step           \(milliseconds(makespanMs)) of \(tasks) tasks on \(threads) "
        + "worker\(threads == 1 ? "" : "s")\(barriers ? ", with a barrier after each operation" : "")",
      "critical path  \(milliseconds(criticalPathMs))",
      "work / workers \(milliseconds(areaBoundMs))",
      "efficiency     \(NumberText.percent(efficiency, 1))",
      "steals         \(steals)",
    ]
    if leastRemoteNumaBytes > 0 {
      lines.append(
        "between nodes  \(bytes(remoteNumaBytes)), at least \(bytes(leastRemoteNumaBytes))")
    }
    if let measuredMs, let predictedByMeasured {
      lines.append(
        "measured       \(milliseconds(measuredMs)), predicted "
          + "\(NumberText.percent(predictedByMeasured, 1)) of it")
    }
    return lines
  }
}
