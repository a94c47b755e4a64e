import Testing
import TidemillGraph
import TidemillTopology

@Suite("A part of a machine is a machine")
struct RestrictionTests {
  @Test("Any part of any machine holds together, and has exactly the PUs that were asked for")
  func parts() throws {
    var random = SeededGenerator(seed: 3)
    for round in 0..<200 {
      let machine = try #require(Machine.all.randomElement(using: &random))
      let whole = try machine.topology()
      let count = Int.random(in: 1...machine.pus.count, using: &random)
      let pus = whole.allowedPUs.shuffled(using: &random).prefix(count)
      // A PU that the machine lacks is no reason to fail: masks may name more.
      let part = try whole.restricted(to: pus + [PU(9999)])
      let note: Comment = "seed 3, round \(round): \(machine.file), \(pus)"
      expectConsistent(part, note)
      #expect(part.allowedPUs == pus.sorted(), note)
      #expect(part.packages.count == whole.packages.count, note)
      #expect(part.nodes.map(\.osIndex) == whole.nodes.map(\.osIndex), note)
      for core in part.cores {
        let before = try #require(whole.cores.first { Set($0.pus).isSuperset(of: core.pus) })
        #expect(core.package == before.package && core.node == before.node, note)
        #expect(
          core.caches.map { part.caches[$0].bytes } == before.caches.map { whole.caches[$0].bytes })
      }
    }
  }

  @Test("A machine restricted to all of its PUs is the same machine", arguments: Machine.all)
  func whole(_ machine: Machine) throws {
    let topology = try machine.topology()
    #expect(try topology.restricted(to: topology.allowedPUs) == topology)
  }

  @Test("Without fast cores the slow ones are the first kind")
  func onlySlow() throws {
    let part = try Machine.named("intel").topology().restricted(to: (12..<20).map { PU($0) })
    #expect(part.kinds.map(\.cores.count) == [8] && part.cores.allSatisfy { $0.kind == 0 })
    #expect(part.caches.filter { $0.level == 2 }.map(\.cores.count) == [4, 4])
  }

  @Test("Nothing in common is an error that names both sets", arguments: [[], [PU(40), PU(41)]])
  func nothing(_ pus: [PU]) throws {
    let topology = try Machine.named("offline").topology()
    let error = try #require(throws: TidemillError.self) { _ = try topology.restricted(to: pus) }
    #expect(error.code == .topology)
    #expect(error.message.contains("has 4-20"), "\(error.message)")
    #expect(error.message.contains(pus.isEmpty ? "PUs  is" : "40-41"), "\(error.message)")
  }
}
