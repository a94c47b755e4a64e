import ArgumentParser
import Tidemill
import TidemillTopology

/// `tidemill topology`
struct TopologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Shows what the engine sees of the machine, and what it decided.",
    discussion: """
      Example: tidemill topology --threads 4 --format json

      HWLOC_XMLFILE and HWLOC_SYNTHETIC put another machine in the place of this one.
      """)

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let topology = Topology.current()
    let placement = try topology.placement(threads: threads.threads)
    let report = TopologyReport(
      topology: TopologySummary(topology, placement: placement),
      instructionSet: try InstructionSet.preferred().description,
      instructionSets: InstructionSet.available.map(\.description))
    switch format.format {
    case .json:
      try Output.line(JSONText.encode(report, pretty: true))
    case .text:
      try Output.line(topology.report(placement: placement))
      try Output.line(
        "kernels     \(report.instructionSet) of "
          + report.instructionSets.joined(separator: ", "))
    }
  }
}

/// The summary of a topology, and the instruction sets of the kernels beside it.
private struct TopologyReport: Encodable {
  let topology: TopologySummary
  let instructionSet: String
  let instructionSets: [String]

  private enum Key: CodingKey {
    case instructionSet
    case instructionSets
  }

  func encode(to encoder: any Encoder) throws {
    try topology.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(instructionSet, forKey: .instructionSet)
    try container.encode(instructionSets, forKey: .instructionSets)
  }
}
