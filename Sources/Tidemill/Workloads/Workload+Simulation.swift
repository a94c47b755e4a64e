import TidemillCompiler
import TidemillGraph
import TidemillTopology

extension Workload {
  /// The training step on a machine that need not be there, compiled for it.
  ///
  /// - Parameters:
  ///   - threads: As many workers; one for each core, if left out.
  ///   - costs: What work takes on one of its cores; also what the step is cut and placed by.
  ///   - barriers: Whether threads meet after each operation.
  /// - Throws: as `compile` does.
  package func simulation(
    on topology: Topology, threads: Int?, costs: CostModel, barriers: Bool = false
  ) throws -> Simulation {
    var options = try CompileOptions(threads: threads, topology: topology)
    options.costs = costs
    return Simulation(
      try compiled(options).executable.tasks, on: options.machine, costs: costs,
      barriers: barriers)
  }
}
