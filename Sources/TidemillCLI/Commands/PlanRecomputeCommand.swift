import ArgumentParser
import Tidemill
import TidemillPlanning

/// `tidemill plan recompute FILE`
struct PlanRecomputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recompute",
    abstract: "Finds a schedule within a budget that computes little again.",
    discussion: """
      Example: tidemill plan recompute resnet50.json --budget 8080544 --output schedule.json

      The file is JSON: nodes with id, mem_kb and cost, and edges [u, v], where v reads u's value. The \
      output has the schedule, a list of ["compute", id] and ["free", id], and its cost, base_cost, \
      peak_kb and lower_bound: what no schedule costs less than. Where no schedule is found that fits, \
      the exit code is 3, and no file is written.
      """)

  @Argument(help: "The file of the graph.")
  var file: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What all live values may take, in the file's unit.", valueName: "kib"))
  var budget: Int

  @OptionGroup var search: PlanSearchOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard budget >= 0 else {
      throw ValidationError("--budget must be 0 or more, but is \(budget).")
    }
  }

  func run() throws {
    try OutputFile.check(output, "--output")
    let deadline = Deadline(seconds: search.seconds)
    let clock = ContinuousClock()
    let start = clock.now
    let file = try RecomputeFile(path: self.file, budget: budget)
    let outcome = file.problem.planned(threads: search.workers, deadline: deadline)
    if let plan = outcome.plan {
      do { try RecomputeVerifier.check(plan, of: file.problem) } catch {
        throw TidemillError(.plan, "The plan is wrong, which is a defect of the planner: \(error).")
      }
      try AtomicFile.write(Array(file.text(plan).utf8), to: output)
    }
    let report = RecomputeReport(outcome, file, seconds: (clock.now - start) / .seconds(1))
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text: try Output.line(report.text)
    }
    if outcome.plan == nil { throw OutOfReach(message: reason(outcome, file)) }
  }

  private func reason(_ outcome: RecomputeOutcome, _ file: RecomputeFile) -> String {
    if let operation = outcome.floorOperation, outcome.floor > budget {
      return "No schedule fits into \(budget): \(file.describe(operation)) alone needs "
        + "\(outcome.floor), with what it reads."
    }
    if outcome.floor > budget {
      return "No schedule fits into \(budget): a search to the end found none."
    }
    return "No schedule that fits into \(budget) was found: none needs less than \(outcome.floor)"
      + (outcome.lowestPeak.map { ", and one was found that needs \($0)" } ?? "")
      + "; give more --seconds or a larger --budget."
  }
}

/// What was found, for JSON. Names of fields are stable.
private struct RecomputeReport: Encodable {
  let operations: Int
  let budget: Int
  let cost: Int?
  let baseCost: Int
  let lowerBound: Int?
  /// What is computed again, as a share of computing everything once.
  let overhead: Double?
  let overheadBound: Double?
  let peakKb: Int?
  let floorKb: Int
  let floorOperation: Int?
  let seconds: Double

  init(_ outcome: RecomputeOutcome, _ file: RecomputeFile, seconds: Double) {
    let base = file.problem.baseCost
    func share(_ cost: Int) -> Double { base == 0 ? 0 : Double(cost - base) / Double(base) }
    operations = file.ids.count
    budget = file.problem.budget
    baseCost = base
    cost = outcome.plan?.cost
    lowerBound = outcome.plan?.lowerBound
    overhead = (outcome.plan?.cost).map(share)
    overheadBound = (outcome.plan?.lowerBound).map(share)
    peakKb = outcome.plan?.peak
    floorKb = outcome.floor
    floorOperation = outcome.floorOperation.map { file.ids[$0] }
    self.seconds = seconds
  }

  var text: String {
    var lines = ["operations   \(operations)", "base cost    \(baseCost)"]
    if let cost, let lowerBound, let overhead, let overheadBound, let peakKb {
      lines.append("cost         \(cost), \(NumberText.percent(overhead)) more")
      lines.append("lower bound  \(lowerBound), \(NumberText.percent(overheadBound)) more")
      lines.append("peak         \(peakKb) of \(budget)")
    }
    lines.append("least budget \(floorKb) at the least")
    lines.append("time         \(NumberText.fixed(seconds, 2)) s")
    return lines.joined(separator: "\n")
  }
}
