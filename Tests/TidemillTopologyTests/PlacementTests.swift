import Foundation
import Testing
import TidemillGraph
import TidemillTopology

@Suite("A placement is valid on every machine")
struct PlacementTests {
  @Test(
    "Any number of threads on every real machine gets a valid placement",
    arguments: Machine.all)
  func realMachines(_ machine: Machine) throws {
    let topology = try machine.topology()
    // Every one where there are few; of a large machine those around its cores and PUs, and some between.
    let most = 2 * machine.pus.count
    let edges = [machine.cores, machine.pus.count].flatMap { $0 - 1...$0 + 1 }.filter { $0 > 0 }
    let counts =
      most <= 100 ? Array(1...most) : Array(stride(from: 1, through: most, by: 29)) + edges
    for threads in counts {
      let placement = try topology.placement(threads: threads)
      expectValid(placement, on: topology, threads: threads, "\(threads) threads")
    }
    expectValid(try topology.placement(), on: topology, threads: machine.cores, "by default")
  }

  @Test(
    "Every number of threads on synthetic and plain machines gets a valid placement",
    arguments: [
      "pu:1", "core:1 pu:2", "pack:2 numa:2 core:4 pu:2", "pack:1 l2:8 core:2 pu:4",
      "pack:2 core:3 pu:1", "numa:3 l3:2 core:2 pu:3",
    ])
  func synthetic(_ description: String) throws {
    let topology = try Topology(synthetic: description)
    let plain = try Topology.plain(cores: topology.cores.count)
    for threads in 1...(2 * topology.allowedPUs.count) {
      expectValid(
        try topology.placement(threads: threads), on: topology, threads: threads, "\(threads)")
      expectValid(try plain.placement(threads: threads), on: plain, threads: threads, "\(threads)")
    }
  }

  @Test("A machine of more than 1024 PUs is placed like a small one")
  func large() throws {
    let topology = try Topology(synthetic: "pack:16 numa:4 l3:2 core:8 pu:2")
    let placement = try topology.placement(threads: 2048)
    #expect(placement.workers.dropFirst().allSatisfy { $0.pu != nil })
    #expect(Set(placement.workers.compactMap(\.pu)).count == 2047)
    #expect(try topology.placement().threads == 1024)
  }

  @Test("Any caller on any subset of any machine: valid, and nobody else gets the caller's PU")
  func subsetsAndCallers() throws {
    var random = SeededGenerator(seed: 5)
    for round in 0..<300 {
      let machine = try #require(Machine.all.randomElement(using: &random))
      let whole = try machine.topology()
      let count = Int.random(in: 1...machine.pus.count, using: &random)
      let subset = whole.allowedPUs.shuffled(using: &random).prefix(count)
      let topology = try whole.restricted(to: subset)
      let caller = try #require(subset.randomElement(using: &random))
      let threads = Int.random(in: 1...(2 * count), using: &random)
      let placement = try topology.placement(threads: threads, caller: caller)
      let note: Comment = "seed 5, round \(round): \(machine.file), \(subset), \(caller)"
      expectValid(placement, on: topology, threads: threads, note)
      #expect(!placement.workers.contains { $0.pu == caller }, note)
      let home = try #require(placement.workers[0].core)
      #expect(topology.cores[home].pus.contains(caller), note)
    }
  }

  @Test("On a hybrid machine fast cores come first, slow ones next, SMT siblings last")
  func hybridOrder() throws {
    let topology = try Machine.named("intel").topology()
    let placement = try topology.placement(threads: 22)
    #expect(
      placement.workers.map { $0.pu?.rawValue }
        == [nil, 2, 4, 6, 8, 10, 12, 13, 14, 15, 16, 17, 18, 19, 1, 3, 5, 7, 9, 11, nil, nil])
    #expect(placement.workers[0].core == 0)
  }

  @Test("Kinds that differ by a few percent are one: caches keep their neighbours together")
  func nearlyEqualKinds() throws {
    let topology = try Machine.named("arm").topology()
    #expect(topology.kinds[0].cores == Array(5..<10) + Array(15..<20))
    let pus = try topology.placement(threads: 20).workers.map { $0.pu?.rawValue }
    #expect(pus == [nil, 6, 7, 8, 9, 15, 16, 17, 18, 19, 0, 1, 2, 3, 4, 10, 11, 12, 13, 14])
  }

  @Test("A caller on a slow core with SMT does not put its sibling before those of fast cores")
  func callerOnSlowCore() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Machine.named("amd").path, encoding: .utf8)
    let kinds = """
      <cpukind cpuset="0x00ff0ff0"><info name="FrequencyMaxMHz" value="3300"/></cpukind>
      <cpukind cpuset="0x0000f00f"><info name="FrequencyMaxMHz" value="5100"/></cpukind>
      </topology>
      """
    let path = try folder.write(
      "machine.xml", text.replacingOccurrences(of: "</topology>", with: kinds))
    let topology = try Topology(xml: path)
    #expect(topology.kinds.map(\.cores) == [Array(0..<4), Array(4..<12)])
    for caller in topology.allowedPUs {
      let placement = try topology.placement(threads: 24, caller: caller)
      expectValid(placement, on: topology, threads: 24, "\(caller)")
    }
  }

  @Test("A caller pinned to a sibling is alone on its core for as long as cores are free")
  func pinnedCaller() throws {
    let topology = try Topology(synthetic: "core:3 pu:2")
    let placement = try topology.placement(threads: 6, caller: PU(3))
    #expect(placement.workers.map { $0.pu?.rawValue } == [nil, 0, 4, 1, 2, 5])
    #expect(placement.workers.map(\.core) == [1, 0, 2, 0, 1, 2])
  }

  @Test(
    "The default is one thread a core, and never more than the quota rounded up",
    arguments: [(50_000, 1), (100_000, 1), (100_001, 2), (250_000, 3), (1_600_000, 8)])
  func quota(_ microseconds: Int, _ threads: Int) throws {
    let topology = try Topology(synthetic: "core:8 pu:2")
    let quota = try #require(CPUQuota(microseconds: microseconds, period: 100_000))
    let limited = topology.with(quota: quota)
    #expect(try limited.placement().threads == threads)
    #expect(try limited.placement(threads: 12).threads == 12, "a number is taken as it is")
    #expect(limited.with(quota: nil) == topology)
  }

  @Test(
    "A number of threads that cannot be is an error that names it",
    arguments: [0, -1, Int.min, 4096, Int.max])
  func wrongThreads(_ threads: Int) throws {
    let topology = try Topology(synthetic: "core:2 pu:2")
    let error = try #require(throws: TidemillError.self) {
      _ = try topology.placement(threads: threads)
    }
    #expect(error.code == .argument)
    let advice = threads < 1 ? "at least 1" : "at most 4095"
    #expect(error.message.hasPrefix("\(threads) threads: give \(advice)"), "\(error.message)")
  }

  @Test("A caller on a PU that is not there is an error that names both")
  func wrongCaller() throws {
    let topology = try Topology(synthetic: "core:2 pu:2")
    let error = try #require(throws: TidemillError.self) {
      _ = try topology.placement(threads: 2, caller: PU(7))
    }
    #expect(error.message.contains("PU 7") && error.message.contains("0-3"), "\(error.message)")
  }

  @Test("An idle worker looks for work at its nearest neighbours first, and at all of them")
  func neighbours() throws {
    let topology = try Topology(synthetic: "pack:2 numa:2 l3:2 core:2 pu:1")
    let placement = try topology.placement(threads: 18)
    for worker in 0..<18 {
      let order = placement.neighbours(of: worker, in: topology)
      #expect(order.sorted() == (0..<18).filter { $0 != worker })
      guard let home = placement.workers[worker].core else { continue }
      let nearness = order.map { other in
        placement.workers[other].core.map { topology.proximity(home, $0) } ?? .apart
      }
      #expect(nearness == nearness.sorted(), "worker \(worker): \(order)")
    }
    #expect(placement.neighbours(of: 5, in: topology).prefix(7) == [4, 6, 7, 0, 1, 2, 3])
    #expect(placement.neighbours(of: 18, in: topology) == [])
    #expect(placement.neighbours(of: -1, in: topology) == [])
    #expect(try topology.placement(threads: 1).neighbours(of: 0, in: topology) == [])
  }

  @Test("Cores are near by what they share")
  func proximity() throws {
    let topology = try Topology(synthetic: "pack:2 numa:2 l3:2 l2:2 core:2 pu:1")
    let near = [0, 1, 2, 4, 8, 16].map { topology.proximity(0, $0) }
    #expect(
      near == [
        .sameCore, .sharedCache(level: 2), .sharedCache(level: 3), .sameNode, .samePackage, .apart,
      ])
    #expect(near == near.sorted())
    #expect(topology.proximity(0, 99) == .apart && topology.proximity(-1, -1) == .apart)
    #expect(try Topology.plain(cores: 2).proximity(0, 1) == .apart)
  }
}
