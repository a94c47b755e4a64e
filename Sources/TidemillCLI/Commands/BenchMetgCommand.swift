import ArgumentParser
import Tidemill

/// `tidemill bench metg`
struct BenchMetgCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metg",
    abstract: "Measures how small tasks may be.",
    discussion: """
      Example: tidemill bench metg --pattern stencil --width 8 --threads 2 --format json

      METG(50%) is the least time of a task at which half of the workers' time is work. Tasks are \
      steps of columns, as in Task Bench; none is merged with another. A task waits in \
      'trivial' for nobody, in 'stencil' for its column and the one on each side, in 'nearest5' for \
      two on each side. With --slowness 4 the tasks of the first column take four times as long, \
      and nothing is planned for that.
      """)

  @Option(help: "Who waits for whom: trivial, stencil or nearest5.")
  var pattern = TaskGrid.Pattern.stencil

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many columns. Without it, as many as threads.", valueName: "w"))
  var width: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many steps.", valueName: "n"))
  var steps = 1000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often the first column does the work of another.", valueName: "n"))
  var slowness = 1

  @OptionGroup var threads: ThreadsOption

  @OptionGroup var format: FormatOption

  func validate() throws {
    if let width { try require(width, in: 1...TaskGrid.most.width, "--width") }
    try require(steps, in: 1...TaskGrid.most.tasks / (width ?? 1), "--steps")
    try require(slowness, in: 1...1000, "--slowness")
  }

  func run() throws {
    let options = try CompileOptions(threads: threads.threads)
    let grid = TaskGrid(
      pattern, width: width ?? options.threads, steps: steps, slowness: slowness)
    let result = try TaskGranularity(
      grid, threads: options.threads, instructionSet: options.instructionSet)
    let report = Report(
      pattern: pattern.rawValue, width: grid.width, steps: steps, slowness: slowness,
      threads: options.threads, metg50Us: result.metg50.map { $0 * 1e6 },
      emptyTaskNs: result.emptyTask * 1e9, efficiency5Us: result.coarseEfficiency)
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text:
      let metg = report.metg50Us.map { "\(NumberText.significant($0)) us" } ?? "not reached"
      try Output.line("METG(50%)   \(metg)")
      try Output.line("empty task  \(NumberText.significant(report.emptyTaskNs)) ns")
      try Output.line("at 5 us     \(NumberText.percent(report.efficiency5Us, 1)) is work")
    }
  }
}

/// What JSON says.
private struct Report: Encodable {
  let pattern: String
  let width: Int
  let steps: Int
  let slowness: Int
  let threads: Int
  let metg50Us: Double?
  let emptyTaskNs: Double
  let efficiency5Us: Double

  /// A number that is not reached is null.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(pattern, forKey: .pattern)
    try values.encode(width, forKey: .width)
    try values.encode(steps, forKey: .steps)
    try values.encode(slowness, forKey: .slowness)
    try values.encode(threads, forKey: .threads)
    try values.encode(metg50Us, forKey: .metg50Us)
    try values.encode(emptyTaskNs, forKey: .emptyTaskNs)
    try values.encode(efficiency5Us, forKey: .efficiency5Us)
  }

  private enum CodingKeys: CodingKey {
    case pattern, width, steps, slowness, threads, metg50Us, emptyTaskNs, efficiency5Us
  }
}

extension TaskGrid.Pattern: ExpressibleByArgument {}
