import ArgumentParser
import Tidemill
import TidemillPlanning

/// `tidemill plan offsets FILE`
struct PlanOffsetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "offsets",
    abstract: "Finds places for buffers in an arena.",
    discussion: """
      Example: tidemill plan offsets buffers.csv --capacity 1048576 --output placed.csv

      The file is CSV with the columns id, lower, upper and size, and at will alignment and fixed: a \
      buffer lives from lower to upper, without the latter, and those that live at the same time may \
      not overlap. The output has the same rows and a column offset. Where nothing is found that \
      fits, the exit code is 3, and no file is written.
      """)

  @Argument(help: "The file of buffers.")
  var file: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The height of the arena. Without it, as low as is found.", valueName: "bytes"))
  var capacity: Int?

  @OptionGroup var search: PlanSearchOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup var format: FormatOption

  func validate() throws {
    if let capacity { try requirePositive(capacity, "--capacity") }
  }

  func run() throws {
    try OutputFile.check(output, "--output")
    let deadline = Deadline(seconds: search.seconds)
    let clock = ContinuousClock()
    let start = clock.now
    let file = try OffsetsFile(path: self.file)
    let problem = try OffsetProblem(file.buffers)
    let packing = problem.packed(
      capacity: capacity, threads: search.workers, deadline: deadline)
    do { try OffsetVerifier.check(packing, of: file.buffers) } catch {
      throw TidemillError(.plan, "The plan is wrong, which is a defect of the planner: \(error).")
    }
    let report = OffsetsReport(
      packing, capacity: capacity, seconds: (clock.now - start) / .seconds(1))
    if report.fits {
      try AtomicFile.write(Array(file.text(adding: packing.offsets).utf8), to: output)
    }
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text: try Output.line(report.text)
    }
    if let capacity, !report.fits { throw OutOfReach(message: report.reason(capacity)) }
  }
}

/// What was found, for JSON. Names of fields are stable.
private struct OffsetsReport: Encodable {
  let buffers: Int
  let capacity: Int?
  let height: Int
  let lowerBound: Int
  let gap: Double
  let fits: Bool
  let seconds: Double

  init(_ packing: OffsetPacking, capacity: Int?, seconds: Double) {
    buffers = packing.offsets.count
    self.capacity = capacity
    height = packing.height
    lowerBound = packing.lowerBound
    gap = packing.gap
    fits = packing.height <= capacity ?? .max
    self.seconds = seconds
  }

  var text: String {
    """
    buffers      \(buffers)
    height       \(height)
    lower bound  \(lowerBound)
    gap          \(NumberText.percent(gap))
    time         \(NumberText.fixed(seconds, 2)) s
    """
  }

  func reason(_ capacity: Int) -> String {
    lowerBound > capacity
      ? "No packing is as low as \(capacity): none is lower than \(lowerBound), and the lowest that was "
        + "found has a height of \(height)."
      : "No packing as low as \(capacity) was found: the lowest has a height of \(height); give more "
        + "--seconds, or a capacity from there on."
  }
}
