import TidemillCompiler
import TidemillGraph
import TidemillRuntime
import TidemillTopology

extension CostModel {
  /// The constants of this machine, by short runs of the real kernels and the real scheduler: 25 to 40 ms.
  ///
  /// - Parameter reachesMemory: Whether memory behind the caches is measured too: some ten milliseconds more.
  /// - Throws: `out-of-memory`, `argument` where the kernels that are asked for are not there.
  package static func measured(reachesMemory: Bool = false) throws -> CostModel {
    let instructionSet = try InstructionSet.preferred()
    let machine = MachineModel(Pool.machine, try Pool.machine.placement())
    let kernels = try KernelConstants(
      instructionSet, caches: (Int(machine.l2), Int(machine.caches.max() ?? 0)),
      reachesMemory: reachesMemory)
    let scheduler = try SchedulerConstants(instructionSet, kernels: CostModel(kernels.values))
    return try CostModel(kernels.values.merging(scheduler.values) { _, later in later })
  }
}
