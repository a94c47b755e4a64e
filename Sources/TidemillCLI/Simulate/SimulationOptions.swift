import ArgumentParser
import Tidemill
import TidemillCompiler
import TidemillTopology

/// The machine that a workload is simulated on, and what work takes there.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A machine, as 'lstopo machine.xml' writes it.", valueName: "file.xml"))
  var topology: String?

  @Option(
    help: ArgumentHelp(
      "A machine in the words of hwloc, such as 'pack:2 numa:4 core:8 pu:2'.", valueName: "levels"))
  var synthetic: String?

  @Option(
    help: ArgumentHelp(
      "What work takes, as 'topology --calibrate' writes it. Without it, this machine is measured, and "
        + "others have cores as fast as usual.", valueName: "file.json"))
  var calibration: String?

  func validate() throws {
    guard topology == nil || synthetic == nil else {
      throw ValidationError("--topology and --synthetic are two machines: give one of them.")
    }
  }

  /// Whether it is the machine the program runs on.
  var isThisMachine: Bool { topology == nil && synthetic == nil }

  func machine() throws -> Topology {
    if let topology { return try Topology(xml: topology) }
    if let synthetic { return try Topology(synthetic: synthetic) }
    return Topology.current()
  }

  func costs() throws -> CostModel {
    if let calibration { return try CalibrationFile.read(calibration) }
    return try isThisMachine ? .measured() : .standard
  }
}
