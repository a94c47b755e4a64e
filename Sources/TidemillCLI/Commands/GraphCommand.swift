import ArgumentParser
import Tidemill

/// `tidemill graph NAME`
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Shows the graph of a workload's training step.",
    usage: "tidemill graph <name> [<options>]",
    discussion: """
      Example: tidemill graph tiny --format dot | dot -Tsvg > tiny.svg

      The graph has gradients and updates. It is the one that runs, which is simplified; with \
      --no-simplified it is as it was recorded. Workloads:
      \(WorkloadArgument.list)
      """)

  /// How graphs are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case dot
  }

  @Argument(help: "The workload.")
  var name: WorkloadArgument

  @Option(help: "How the graph is written: text, json, or dot for Graphviz.")
  var format = Format.text

  @Flag(
    inversion: .prefixedNo,
    help:
      "The graph that runs, or the one that was recorded, with all that is left out of the other.")
  var simplified = true

  func run() throws {
    let workload = name.workload
    let report = GraphReport(
      try simplified ? workload.compiled(threads: 1).graph : workload.recordedGraph())
    switch format {
    case .text: try Output.line(report.text)
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .dot: try Output.line(report.dot(name: workload.name))
    }
  }
}
