import ArgumentParser
import Tidemill

/// `tidemill bench workload NAME...`
struct BenchWorkloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workload",
    abstract: "Measures training steps of fixed shapes.",
    usage: "tidemill bench workload [<names> ...] [<options>]",
    discussion: """
      Example: tidemill bench workload mlp_digits mlp_deep --seconds 3 --threads 2 --format json

      A step is forward, backward and the update of all parameters, on data in memory. Three steps \
      warm up; then steps run for the given time, five at least. JSON is an array with an object \
      for each workload. Workloads:
      \(WorkloadArgument.list)
      """)

  @Argument(help: "The workloads; all of them if none is named.")
  var names: [WorkloadArgument] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long each workload is measured, in seconds.", valueName: "s"))
  var seconds = 3.0

  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard seconds >= 0, seconds <= 86_400 else {
      throw ValidationError("--seconds must be from 0 to 86400, but is \(seconds).")
    }
  }

  func run() throws {
    let workloads = names.isEmpty ? Workload.all : names.map(\.workload)
    var results: [WorkloadMeasurement] = []
    for workload in workloads {
      if Terminal.current.isLive { try Output.live("\(workload.name) …") }
      results.append(
        try WorkloadMeasurement(
          workload, threads: threads.threads, seconds: seconds, barriers: comparison.barriers,
          stealing: comparison.stealing))
    }
    try Output.clearLiveLine()
    switch format.format {
    case .json: try Output.line(JSONText.encode(results, pretty: true))
    case .text: for line in Self.table(results).lines { try Output.line(line) }
    }
  }

  private static func table(_ results: [WorkloadMeasurement]) -> TextTable {
    var table = TextTable([
      ("workload", .left), ("threads", .right), ("best", .right), ("median", .right),
      ("samples/s", .right), ("arena", .right), ("state", .right), ("peak", .right),
    ])
    for result in results {
      table.append([
        result.workload, "\(result.threads)",
        "\(NumberText.significant(result.stepMsBest)) ms",
        "\(NumberText.significant(result.stepMsMedian)) ms",
        NumberText.grouped(result.samplesPerSecond), NumberText.bytes(result.arenaBytes),
        NumberText.bytes(result.stateBytes), NumberText.bytes(Int(result.peakRssBytes)),
      ])
    }
    return table
  }
}
