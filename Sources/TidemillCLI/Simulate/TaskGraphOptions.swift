import ArgumentParser

/// Options of `tidemill simulate --task-graph`.
struct TaskGraphOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A plain task graph to schedule.", valueName: "file.stg"))
  var taskGraph: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many equal processors run the task graph.", valueName: "n"))
  var processors: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long to search for a shorter schedule of the task graph at the most.", valueName: "s"))
  var seconds = 2.0

  @Option(
    help: ArgumentHelp(
      "Writes the schedule of the task graph: task, processor, start and end.",
      valueName: "file.csv"))
  var output: String?

  @Option(help: ArgumentHelp("Draws who does what when.", valueName: "file.svg"))
  var gantt: String?

  /// Rows of a picture, and numbers of a table.
  private static let mostProcessors = 1 << 20

  func validate() throws {
    if let processors { try require(processors, in: 1...Self.mostProcessors, "--processors") }
    guard seconds.isFinite, seconds >= 0 else {
      throw ValidationError("--seconds must be 0 or more, but is \(seconds).")
    }
    if taskGraph == nil {
      guard processors == nil, output == nil else {
        throw ValidationError("--processors and --output need --task-graph.")
      }
    } else if processors == nil {
      throw ValidationError("--task-graph needs --processors: how many run it.")
    }
    if let output { try OutputFile.check(output, "--output") }
    if let gantt {
      try OutputFile.check(gantt, "--gantt")
      try OutputFile.check(gantt, "--gantt", endsIn: ".svg")
    }
    try OutputFile.checkDistinct(
      [(output, "--output"), (gantt, "--gantt")].compactMap { path, option in
        path.map { ($0, option) }
      })
  }
}
