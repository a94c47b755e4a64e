import ArgumentParser
import Tidemill

/// `tidemill graph NAME`
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Shows the graph of a workload's training step.",
    discussion: """
      Example: tidemill graph tiny --format dot | dot -Tsvg > tiny.svg

      The graph is the one that runs: gradients and updates included, simplified. Workloads:
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

  func run() throws {
    let report = GraphReport(try name.workload.compiled(threads: 1).graph)
    switch format {
    case .text: try Output.line(report.text)
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .dot: try Output.line(report.dot(name: name.workload.name))
    }
  }
}
