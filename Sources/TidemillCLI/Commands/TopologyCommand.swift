import ArgumentParser
import Tidemill
import TidemillCompiler
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

  @Option(
    help: ArgumentHelp(
      "Also measures what work takes on this machine, and writes it for 'simulate --calibration'.",
      valueName: "file.json"))
  var calibrate: String?

  func validate() throws {
    if let calibrate { try OutputFile.check(calibrate, "--calibrate") }
  }

  func run() throws {
    if let calibrate {
      try CalibrationFile.write(.measured(reachesMemory: true), to: calibrate)
    }
    let topology = Topology.current()
    let placement = try topology.placement(threads: threads.threads)
    let instructionSet = try InstructionSet.preferred()
    let report = TopologyReport(
      topology: TopologySummary(topology, placement: placement),
      instructionSet: instructionSet.description,
      matrixBlocks: MatrixBlocks(topology.blocks(for: instructionSet), instructionSet),
      instructionSets: InstructionSet.available.map(\.description))
    switch format.format {
    case .json:
      try Output.line(JSONText.encode(report, pretty: true))
    case .text:
      try Output.line(topology.report(placement: placement))
      try Output.line(
        "kernels     \(report.instructionSet) of "
          + report.instructionSets.joined(separator: ", "))
      try Output.line("products    \(report.matrixBlocks.text)")
    }
  }
}

/// The summary of a topology, and the instruction sets of the kernels beside it.
private struct TopologyReport: Encodable {
  let topology: TopologySummary
  let instructionSet: String
  let matrixBlocks: MatrixBlocks
  let instructionSets: [String]

  private enum Key: CodingKey {
    case instructionSet
    case instructionSets
    case matrixBlocks
  }

  func encode(to encoder: any Encoder) throws {
    try topology.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(instructionSet, forKey: .instructionSet)
    try container.encode(instructionSets, forKey: .instructionSets)
    try container.encode(matrixBlocks, forKey: .matrixBlocks)
  }
}

/// What of a matrix product lies in which cache, by type.
private struct MatrixBlocks: Encodable {
  private struct Block: Encodable {
    let depth: Int
    let rows: Int
    let columns: Int

    init(_ blocks: GemmBlocks, _ dtype: DType, _ instructionSet: InstructionSet) {
      (depth, rows, columns) = blocks.block(of: dtype, pairs: instructionSet.hasPairs)
    }

    var text: String { "\(depth), \(rows), \(columns)" }
  }

  private let float32: Block
  private let float64: Block
  private let bfloat16: Block

  init(_ blocks: GemmBlocks, _ instructionSet: InstructionSet) {
    float32 = Block(blocks, .float32, instructionSet)
    float64 = Block(blocks, .float64, instructionSet)
    bfloat16 = Block(blocks, .bfloat16, instructionSet)
  }

  var text: String {
    "depth (L1), rows of a (L2), columns of b (L3): float32 \(float32.text); "
      + "float64 \(float64.text); bfloat16 \(bfloat16.text)"
  }
}
