import ArgumentParser
import Tidemill

/// `tidemill bench wake`
struct BenchWakeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wake",
    abstract: "Measures how long a sleeping thread takes to its first task.",
    discussion: """
      Example: tidemill bench wake --repetitions 1000 --format json

      From the start of a run to the first task of the helper, which has slept for half a \
      millisecond; beside it, in turn, the time that a bare futex takes to wake a thread.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often each is measured.", valueName: "n"))
  var repetitions = 1000

  @OptionGroup var format: FormatOption

  func validate() throws { try require(repetitions, in: 1...100_000, "--repetitions") }

  func run() throws {
    let times = try WakeTimes(repetitions: repetitions)
    let report = Report(
      runMedianUs: times.run.median * 1e6, runP99Us: times.run.p99 * 1e6,
      futexMedianUs: times.bareWake.median * 1e6, futexP99Us: times.bareWake.p99 * 1e6)
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text:
      var table = TextTable([("", .left), ("median", .right), ("p99", .right)])
      func us(_ number: Double) -> String { "\(NumberText.fixed(number, 1)) us" }
      table.append(["first task", us(report.runMedianUs), us(report.runP99Us)])
      table.append(["bare futex", us(report.futexMedianUs), us(report.futexP99Us)])
      for line in table.lines { try Output.line(line) }
    }
  }
}

/// What JSON says.
private struct Report: Encodable {
  let runMedianUs: Double
  let runP99Us: Double
  let futexMedianUs: Double
  let futexP99Us: Double
}
