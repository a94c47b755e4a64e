import Tidemill

/// A profile as lines for people.
enum ProfileText {
  /// - Parameter limit: What keeps the run from being faster.
  static func lines(_ profile: RunProfile, limit: RunLimit) -> [String] {
    var table = TextTable([
      ("operation", .left), ("kernel", .left), ("calls", .right), ("time", .right),
      ("share", .right), ("GFLOP/s", .right), ("GB/s", .right),
    ])
    for row in profile.rows {
      table.append([
        shortened(row.label), row.kernel, "\(row.calls)",
        "\(NumberText.fixed(row.seconds * 1e3, 3)) ms", NumberText.percent(row.share, 1),
        NumberText.fixed(row.gflops, 2), NumberText.fixed(row.gigabytesPerSecond, 2),
      ])
    }
    let step = profile.wallSeconds / Double(max(profile.runs, 1)) * 1e3
    let path = profile.criticalPathSeconds / Double(max(profile.runs, 1)) * 1e3
    var lines = table.lines
    lines += [
      "",
      "steps       \(profile.runs), \(NumberText.significant(step)) ms each",
      "workers     \(profile.threads), busy \(percent(profile.utilization)), overhead "
        + "\(percent(profile.overheadShare)), idle \(percent(profile.idleShare))",
      "path        \(NumberText.significant(path)) ms, \(percent(path / max(step, 1e-9))) of a step",
      "stolen      \(percent(profile.stolenShare)) of the tasks, "
        + "\(percent(profile.stolenSeconds / max(profile.busySeconds, 1e-12))) of their time",
      "limit       \(limit.sentence)",
    ]
    if profile.droppedTasks > 0 {
      lines.append("dropped     \(profile.droppedTasks) tasks; record fewer steps to keep all")
    }
    return lines
  }

  private static func percent(_ share: Double) -> String { NumberText.percent(share, 1) }

  /// Fused operations have long labels; their end tells them apart.
  private static func shortened(_ label: String) -> String {
    label.count <= 48 ? label : "…" + label.suffix(47)
  }
}
