import Testing
import TidemillCompiler
import TidemillRuntime
import TidemillTopology

@Suite("Whose tasks are taken first") struct StealOrderTests {
  /// Proves: a worker takes the tasks of the nearest workers first, wherever workers are placed. All others are kept in another
  /// run, so the caller does everything: its own tasks, and then those of one worker after the other, none of which is
  /// nearer than the one before.
  @Test(
    "those of the nearest", .timeLimit(.minutes(5)),
    arguments: [[0, 1, 2, 3, 4, 5, 6, 7], [0, 5, 2, 7, 4, 1, 6, 3], [6, 4, 2, 0, 7, 5, 3, 1]])
  func nearest(cores: [Int]) throws {
    let placement = Placement(workers: cores.map { Placement.Worker(pu: nil, core: $0) })
    let machine = try Topology(synthetic: "pack:2 l3:2 core:2 pu:1")
    let pool = Pool(placement: placement, topology: machine)
    let gate = Gate.closed(before: cores.count, of: pool)
    var graph = TestGraph(predecessors: Array(repeating: [], count: 5 * cores.count))
    graph.home = { UInt32($0 % cores.count) }
    let memory = TestMemory(count: 5 * cores.count)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    _ = execution.run(bases: memory.bases, seed: 0, step: 0)
    #expect(gate.open())
    #expect(violations(of: graph, in: memory).isEmpty)
    let records = memory.records
    let owners = records.indices.sorted { records[$0].started < records[$1].started }
      .map { $0 % cores.count }
    #expect(Set(zip(owners, owners.dropFirst()).map { $0 == $1 }).count == 2)
    #expect(zip(owners, owners.dropFirst()).count { $0 != $1 } == cores.count - 1, "\(owners)")
    let distances = owners.map { $0 == 0 ? .sameCore : pool.machine.distance(0, $0) }
    #expect(distances == distances.sorted(), "\(owners)")
    #expect(Set(distances) == [.sameCore, .sharedCache, .sameNode])
  }
}
