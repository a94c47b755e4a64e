import ArgumentParser
import Tidemill
import TidemillCompiler

/// `tidemill plan WORKLOAD`
struct PlanWorkloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workload",
    abstract: "Plans the memory of a training step within a budget.",
    usage: "tidemill plan <workload> [<options>]",
    discussion: """
      Example: tidemill plan mlp_wide --budget 60% --timeline arena.svg
      Example: tidemill plan mlp_wide_32 --curve --picture curve.svg

      A budget is of all that a session takes: state, arena, outputs and workspaces; a percentage is of \
      the arena alone, which is what computing values again can make smaller. Where no plan fits, the \
      exit code is 3, and the smallest that was found is told. With --curve, plans for budgets from the \
      smallest to the unlimited arena are made, and their steps are timed in turns. Workloads:
      \(WorkloadArgument.list)
        mlp_wide_N    mlp_wide with N hidden layers, up to 128
      """)

  @Argument(help: "The workload.")
  var workload: WorkloadArgument

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What may be taken: 64MiB, 40% of the arena, smallest or unlimited.", valueName: "budget"),
    transform: BudgetText.parse)
  var budget: MemoryBudget?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long a plan is searched at the most.", valueName: "s"))
  var planningTime = 2.0

  @Option(
    help: ArgumentHelp(
      "A folder in which plans are kept; one that is there is proven and used.",
      valueName: "folder"))
  var planCache: String?

  @Flag(help: "Makes plans for many budgets, and measures them.")
  var curve = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --curve: how many budgets.", valueName: "n"))
  var points = 9

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --curve: how many steps of each plan are timed; 0 for none.", valueName: "n"))
  var steps = 5

  @Option(help: ArgumentHelp("With --curve: a picture to write, as SVG.", valueName: "file"))
  var picture: String?

  @Option(help: ArgumentHelp("A picture of the arena to write, as SVG.", valueName: "file"))
  var timeline: String?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard planningTime >= 0, planningTime <= 86_400 else {
      throw ValidationError("--planning-time must be from 0 to 86400, but is \(planningTime).")
    }
    try require(points, in: 2...200, "--points")
    try require(steps, in: 0...1_000_000, "--steps")
    if curve, budget != nil || timeline != nil {
      throw ValidationError("--curve has budgets of its own: leave --budget and --timeline out.")
    }
    if picture != nil, !curve { throw ValidationError("--picture is of a --curve: ask for one.") }
  }

  func run() throws {
    for (path, option) in [(picture, "--picture"), (timeline, "--timeline")] {
      guard let path else { continue }
      try OutputFile.check(path, option)
      try OutputFile.check(path, option, endsIn: ".svg")
    }
    if curve { try sweep() } else { try plan(budget ?? .unlimited) }
  }

  private func compiled(_ budget: MemoryBudget) throws -> CompiledFunction {
    do {
      return try workload.workload.compiled(
        memoryBudget: budget, planningTime: .seconds(planningTime), planCache: planCache,
        threads: threads.threads)
    } catch let error as TidemillError where error.code == .memoryBudget {
      throw OutOfReach(message: error.message)
    }
  }

  private func plan(_ budget: MemoryBudget) throws {
    let function = try compiled(budget)
    if let timeline {
      let executable = function.executable
      let drawing = ArenaTimeline(
        "\(workload.workload.name): an arena of \(NumberText.bytes(function.memory.arenaBytes))",
        plan: executable.plan, program: executable.program)
      try AtomicFile.write(Array(drawing.svg.utf8), to: timeline)
    }
    let report = PlanReport(workload.workload.name, function)
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text: for line in report.lines { try Output.line(line) }
    }
  }

  private func sweep() throws {
    let curve = try PlanCurve(
      workload.workload, points: points, steps: steps, compile: compiled)
    if let picture { try AtomicFile.write(Array(curve.chart.svg.utf8), to: picture) }
    switch format.format {
    case .json: try Output.line(JSONText.encode(curve, pretty: true))
    case .text: for line in curve.table.lines { try Output.line(line) }
    }
  }
}
