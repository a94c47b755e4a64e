import Tidemill

/// A plan of a workload, for JSON. Names of fields are stable.
struct PlanReport: Encodable {
  let workload: String
  let threads: Int
  let totalBytes: Int
  let stateBytes: Int
  let arenaBytes: Int
  let outputBytes: Int
  let workspaceBytes: Int
  let livePeakBytes: Int
  let unplannedBytes: Int
  /// What no plan takes less than, of the total and of the arena.
  let floorBytes: Int
  let arenaFloorBytes: Int
  let baseSeconds: Double
  let plannedSeconds: Double
  /// What of it tasks wait because values take the bytes of others.
  let waitingSeconds: Double
  /// What runs again and waits, as a share of a step without a budget.
  let overhead: Double
  let overheadBound: Double
  let gap: Double
  let planningSeconds: Double
  /// Whether the plan came from a file: none, written, loaded, refused or unwritten, and the reason.
  let planFile: String
  let recomputations: [Again]

  /// An operation that runs again.
  struct Again: Encodable {
    let label: String
    let times: Int
    let bytes: Int
    let seconds: Double
  }

  init(_ workload: String, _ function: CompiledFunction) {
    let memory = function.memory
    self.workload = workload
    threads = function.threads
    totalBytes = memory.totalBytes
    stateBytes = memory.stateBytes
    arenaBytes = memory.arenaBytes
    outputBytes = memory.outputBytes
    workspaceBytes = memory.workspaceBytes
    livePeakBytes = memory.livePeakBytes
    unplannedBytes = memory.unplannedBytes
    floorBytes = memory.floorBytes
    arenaFloorBytes = memory.arenaFloorBytes
    baseSeconds = memory.baseSeconds
    plannedSeconds = memory.plannedSeconds
    waitingSeconds = memory.waitingSeconds
    overhead = memory.overhead
    overheadBound = memory.overheadBound
    gap = memory.gap
    planningSeconds = memory.planningSeconds
    planFile =
      switch memory.planFile {
      case .none: "none"
      case .written: "written"
      case .loaded: "loaded"
      case .refused(let reason): "refused: \(reason)"
      case .unwritten(let reason): "unwritten: \(reason)"
      }
    recomputations = memory.recomputations.map {
      Again(label: $0.label, times: $0.times, bytes: $0.bytes, seconds: $0.seconds)
    }
  }

  /// For people.
  var lines: [String] {
    func row(_ name: String, _ text: String) -> String {
      name + String(repeating: " ", count: max(1, 16 - name.count)) + text
    }
    let again = recomputations.reduce(0) { $0 + $1.times }
    var lines = [
      row("workload", "\(workload), \(threads) threads"),
      row("total", "\(NumberText.bytes(totalBytes)), at least \(NumberText.bytes(floorBytes))"),
      row("  state", NumberText.bytes(stateBytes)),
      row(
        "  arena",
        "\(NumberText.bytes(arenaBytes)) (\(arenaBytes) B), at least "
          + NumberText.bytes(arenaFloorBytes)),
      row("  outputs", NumberText.bytes(outputBytes)),
      row("  workspaces", NumberText.bytes(workspaceBytes)),
      row("live at most", NumberText.bytes(livePeakBytes)),
      row("without reuse", NumberText.bytes(unplannedBytes)),
      row("computed again", "\(again) calls of \(recomputations.count) operations"),
      row(
        "predicted",
        "\(NumberText.significant(plannedSeconds * 1e3)) ms on \(threads) threads, "
          + "\(NumberText.percent(overhead)) more than \(NumberText.significant(baseSeconds * 1e3)) ms"
      ),
      row("proven", "\(NumberText.percent(overheadBound)) more at the least"),
    ]
    if threads > 1 {
      lines.append(
        row("waits", "\(NumberText.significant(waitingSeconds * 1e3)) ms of it for memory"))
    }
    lines.append(row("planned in", "\(NumberText.fixed(planningSeconds, 3)) s"))
    if planFile != "none" { lines.append(row("plan file", planFile)) }
    guard !recomputations.isEmpty else { return lines }
    var table = TextTable([
      ("computed again", .left), ("times", .right), ("each saves", .right), ("each costs", .right),
    ])
    for entry in recomputations {
      table.append([
        entry.label, "\(entry.times)", NumberText.bytes(entry.bytes),
        "\(NumberText.significant(entry.seconds * 1e3)) ms",
      ])
    }
    lines += [""] + table.lines
    return lines
  }
}
