import ArgumentParser
import Tidemill

/// `tidemill profile NAME`
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Shows where the time of a workload's training step goes.",
    usage: "tidemill profile <name> [<options>]",
    discussion: """
      Example: tidemill profile mlp_digits --threads 2 --trace trace.json

      A row is an operation; calls and time are of all steps and workers together, \
      GFLOP/s and GB/s those of one core. Load the trace into ui.perfetto.dev or \
      chrome://tracing. Workloads:
      \(WorkloadArgument.list)
      """)

  @Argument(help: "The workload.")
  var name: WorkloadArgument

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many steps are recorded, after three others; at most \(Self.mostSteps).", valueName: "n")
  )
  var steps = 10

  @OptionGroup var threads: ThreadsOption

  @Option(help: ArgumentHelp("Writes a Chrome trace.", valueName: "file.json"))
  var trace: String?

  @OptionGroup var format: FormatOption

  /// Enough for any mean; the memory of a profile is full long before.
  private static let mostSteps = 100_000

  func validate() throws {
    try require(steps, in: 1...Self.mostSteps, "--steps")
    if let trace { try OutputFile.check(trace, "--trace") }
  }

  func run() throws {
    let workload = name.workload
    let session = try workload.compiled(threads: threads.threads)
      .session(workload.initialize(seed: 1))
    let data = try workload.data(seed: 1)
    for _ in 0..<3 { try session.run(data.input, data.target) }
    let profile = try session.profile(runs: steps) { try session.run(data.input, data.target) }
    var failures = Failures()
    let isTraced = failures.attempt {
      if let trace { try profile.writeChromeTrace(to: trace) }
    }
    switch format.format {
    case .json:
      try Output.line(
        JSONText.encode(ProfileReport(workload: workload.name, profile: profile), pretty: true))
    case .text:
      for line in Self.lines(profile) { try Output.line(line) }
      if let trace, isTraced { try Output.line("trace       \(trace)") }
    }
    try failures.check()
  }

  private static func lines(_ profile: RunProfile) -> [String] {
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
    var lines = table.lines
    lines += [
      "",
      "steps       \(profile.runs), \(NumberText.significant(step)) ms each",
      "workers     \(profile.threads), busy \(NumberText.percent(profile.utilization, 1))",
    ]
    if profile.droppedTasks > 0 {
      lines.append("dropped     \(profile.droppedTasks) tasks; record fewer steps to keep all")
    }
    return lines
  }

  /// Fused operations have long labels; their end tells them apart.
  private static func shortened(_ label: String) -> String {
    label.count <= 48 ? label : "…" + label.suffix(47)
  }
}

/// What JSON says about a profile.
private struct ProfileReport: Encodable {
  let workload: String
  let threads: Int
  let steps: Int
  let stepMs: Double
  let wallSeconds: Double
  let busySeconds: Double
  let utilization: Double
  let droppedTasks: Int
  let operations: [RunProfile.Row]

  init(workload: String, profile: RunProfile) {
    self.workload = workload
    threads = profile.threads
    steps = profile.runs
    stepMs = profile.wallSeconds / Double(max(profile.runs, 1)) * 1e3
    wallSeconds = profile.wallSeconds
    busySeconds = profile.busySeconds
    utilization = profile.utilization
    droppedTasks = profile.droppedTasks
    operations = profile.rows
  }
}
