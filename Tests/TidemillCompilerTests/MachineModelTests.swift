import Testing
import TidemillCompiler
import TidemillTopology

/// A machine as the scheduler sees it.
@Suite struct MachineModelTests {
  private func model(_ text: String, threads: Int) throws -> MachineModel {
    let topology = try Topology(synthetic: text)
    return MachineModel(topology, try topology.placement(threads: threads))
  }

  /// Proves: two workers are as far apart as the nearest thing that they share.
  @Test func distances() throws {
    let model = try model("pack:2 numa:2 l3:2 core:2 pu:2", threads: 17)
    let expected: [WorkerDistance] = [
      .sameCore, .sharedCache, .sameNode, .sameNode, .samePackage, .samePackage, .samePackage,
      .samePackage, .apart, .apart, .apart, .apart, .apart, .apart, .apart, .apart, .sameCore,
    ]
    #expect((0..<17).map { model.distance(0, $0) } == expected)
    #expect(model.neighbours(of: 4).prefix(3) == [5, 6, 7])
    #expect(Set(model.neighbours(of: 4)) == Set(0..<17).subtracting([4]))
  }

  /// Proves: two threads of a core are each slower than one alone, and together faster.
  @Test func siblings() throws {
    let model = try model("core:2 pu:2", threads: 3)
    #expect(model.workers.map(\.speed) == [0.625, 1, 0.625])
  }

  /// Proves: a machine that tells no caches is one that shares some.
  @Test func unknownCaches() throws {
    let model = try model("core:3 pu:1", threads: 5)
    #expect(Set(model.workers.map(\.cache)) == [0])
    #expect(model.caches.count == 1 && model.caches[0] > 0 && model.l2 > 0 && model.nodes == 1)
  }
}
