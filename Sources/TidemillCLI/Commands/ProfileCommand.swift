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

  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var threads: ThreadsOption

  @Option(help: ArgumentHelp("Writes a Chrome trace.", valueName: "file.json"))
  var trace: String?

  @Option(help: ArgumentHelp("Draws who ran what when in the last step.", valueName: "file.svg"))
  var gantt: String?

  @Flag(
    help: "Measures the memory's bandwidth too, to tell whether it limits the step; takes seconds.")
  var bandwidth = false

  @OptionGroup var format: FormatOption

  /// Enough for any mean; the memory of a profile is full long before.
  private static let mostSteps = 100_000

  func validate() throws {
    try require(steps, in: 1...Self.mostSteps, "--steps")
    if let trace { try OutputFile.check(trace, "--trace") }
    if let gantt {
      try OutputFile.check(gantt, "--gantt")
      try OutputFile.check(gantt, "--gantt", endsIn: ".svg")
    }
    try OutputFile.checkDistinct(
      [(trace, "--trace"), (gantt, "--gantt")].compactMap { path, option in
        path.map { ($0, option) }
      })
  }

  func run() throws {
    let workload = name.workload
    let session = try workload.compiled(
      threads: threads.threads, barriers: comparison.barriers,
      stealing: comparison.stealing
    ).session(workload.initialize(seed: 1))
    let data = try workload.data(seed: 1)
    for _ in 0..<3 { try session.run(data.input, data.target) }
    let profile = try session.profile(runs: steps) { try session.run(data.input, data.target) }
    let memory =
      bandwidth
      ? try MemoryBandwidth(
        threads: profile.threads,
        instructionSet: CompileOptions(threads: threads.threads).instructionSet
      ).measure() : nil
    let limit = profile.limit(memoryBandwidth: memory)
    var failures = Failures()
    let isTraced = failures.attempt {
      if let trace { try profile.writeChromeTrace(to: trace) }
    }
    let isDrawn = failures.attempt { if let gantt { try profile.gantt.write(to: gantt) } }
    switch format.format {
    case .json:
      try Output.line(
        JSONText.encode(
          ProfileReport(
            workload: workload.name, profile: profile, limit: limit, bandwidth: memory),
          pretty: true))
    case .text:
      for line in ProfileText.lines(profile, limit: limit) { try Output.line(line) }
      if let trace, isTraced { try Output.line("trace       \(trace)") }
      if let gantt, isDrawn { try Output.line("picture     \(gantt)") }
    }
    try failures.check()
  }
}
