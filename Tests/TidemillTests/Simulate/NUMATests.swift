import Foundation
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport
import TidemillTopology

/// Where bytes lie on a machine with several NUMA nodes, and what crosses between them.
@Suite struct NUMATests {
  private func simulation(
    _ name: String, on machine: String, batch: Int? = nil
  ) throws -> Simulation {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let topology =
      machine.hasSuffix(".xml")
      ? try Topology(xml: tests.path + "/TidemillTopologyTests/Fixtures/" + machine)
      : try Topology(synthetic: machine)
    let workload = try Workload.named(name)
    let threads = topology.cores.count
    return try (batch.map(workload.batched) ?? workload).simulation(
      on: topology, threads: threads, costs: .standard)
  }

  private static let epyc = "epyc-7451-2s-8numa-16l3-96pu.xml"

  /// Proves: on eight nodes with sixteen caches a simulated step is valid, and moves no less between nodes than it must, and at
  /// most a fifth more.
  @Test func largeStep() throws {
    let simulation = try simulation("mlp_wide", on: Self.epyc, batch: 8192)
    let run = simulation.run()
    try run.verify(simulation.graph)
    #expect(run.leastRemoteBytes > 0)
    #expect(run.remoteBytes >= run.leastRemoteBytes)
    #expect(
      run.remoteBytes <= 1.2 * run.leastRemoteBytes, "\(run.remoteBytes / run.leastRemoteBytes)")
  }

  /// Proves: every page that tasks touch lies in one node, the one that touches most of it, for one node and for many.
  @Test(arguments: [
    ("mlp_digits", "core:4 pu:1"), ("mlp_digits", "pack:2 numa:1 core:2 pu:1"),
    ("branches", "pack:2 numa:2 l3:2 core:2 pu:2"), ("mlp_digits", epyc), ("branches", epyc),
    ("mlp_digits", "cgroup2-restricted-6of32pu.xml"),
  ])
  func pagesLieWhereMostIsTouched(name: String, machine: String) throws {
    let simulation = try simulation(name, on: machine)
    let nodes = simulation.machine.workers.map(\.node)
    for pageBytes in [4096, 65536] {
      let placement = PagePlacement(simulation.graph, simulation.machine, pageBytes: pageBytes)
      try placement.verify(simulation.graph, nodes: nodes)
      #expect(Set(placement.pages.map(\.node)).isSubset(of: nodes))
      if simulation.machine.spansNodes { #expect(Set(placement.pages.map(\.node)).count > 1) }
    }
  }

  /// Proves: fewer workers than homes take turns, as in a run.
  @Test func fewerWorkersThanHomes() throws {
    let graph = try simulation("mlp_digits", on: "pack:2 numa:1 core:4 pu:1").graph
    try PagePlacement(graph, nodes: [3, 1, 3]).verify(graph, nodes: [3, 1, 3])
  }

  /// Proves: the verifier sees a page in the wrong node, one that is nowhere, one that is twice there, one that no task
  /// touches, and one that is cut.
  @Test func brokenPlacementsAreFound() throws {
    let simulation = try simulation("mlp_digits", on: "pack:2 numa:1 core:2 pu:1")
    let good = PagePlacement(simulation.graph, simulation.machine)
    let nodes = simulation.machine.workers.map(\.node)
    func check(_ what: String, _ change: (inout [PagePlacement.Pages]) -> Void) throws {
      var pages = good.pages
      change(&pages)
      let broken = PagePlacement(pages: pages, pageBytes: good.pageBytes)
      #expect(try message { try broken.verify(simulation.graph, nodes: nodes) }.contains(what))
    }
    func moved(_ pages: PagePlacement.Pages, _ bytes: Range<Int>, node: Int? = nil)
      -> PagePlacement.Pages
    {
      .init(slot: pages.slot, bytes: bytes, node: node ?? pages.node)
    }
    try check("touches less of it") { $0[0] = moved($0[0], $0[0].bytes, node: 7) }
    try check("placed nowhere") { $0.removeLast() }
    try check("placed twice") { $0.append($0[0]) }
    try check("no task touches it") {
      let last = $0.removeLast()
      $0.append(moved(last, last.bytes.lowerBound..<last.bytes.upperBound + good.pageBytes))
    }
    try check("is cut") {
      $0[0] = moved($0[0], $0[0].bytes.lowerBound..<$0[0].bytes.upperBound - 8)
    }
  }

  /// Proves: the least that must cross is what a walk over every line of memory counts that knows, for each content of a line,
  /// which caches have had it and which nodes have written it.
  @Test(arguments: ["pack:2 numa:1 l3:2 core:2 pu:1", "pack:2 numa:1 core:2 pu:1"])
  func leastIsWhatANaiveWalkCounts(machine: String) throws {
    let simulation = try simulation("mlp_digits", on: machine)
    let (graph, workers) = (simulation.graph, simulation.machine.workers)
    var homes: [Line: Int] = [:]
    for pages in PagePlacement(graph, simulation.machine).pages {
      for line in pages.bytes.lowerBound / 64..<pages.bytes.upperBound / 64 {
        homes[Line(slot: pages.slot, number: line)] = pages.node
      }
    }
    var caches: [Line: Set<Int>] = [:]
    var writers: [Line: (call: Int, nodes: Set<Int>)] = [:]
    var crossing = 0
    for round in 0..<2 {
      crossing = 0
      for (index, task) in graph.tasks.enumerated() {
        let me = workers[Int(graph.homes[index])]
        for (line, bytes) in task.reads.flatMap(Self.lines)
          + task.writes.filter({ !task.reads.contains($0) }).flatMap(Self.lines)
        {
          let isNew = caches[line, default: []].insert(me.cache).inserted
          let isHere = homes[line] == me.node || writers[line]?.nodes.contains(me.node) == true
          crossing += isNew && !isHere ? bytes : 0
        }
        for (line, bytes) in task.writes.flatMap(Self.lines) {
          crossing += homes[line] == me.node ? 0 : bytes
          let call = round * graph.calls.count + task.call
          if writers[line]?.call != call {
            writers[line] = (call, [])
            caches[line] = []
          }
          writers[line]?.nodes.insert(me.node)
          caches[line, default: []].insert(me.cache)
        }
      }
    }
    let least = LeastRemoteBytes(graph, simulation.machine, pieces: .max)
    #expect(crossing > 0 && Int(least.total) == crossing, "\(least.total), \(crossing)")
  }

  private struct Line: Hashable {
    let slot: Int
    let number: Int
  }

  /// The lines of a place, each run of bytes by itself, and how many bytes of each are meant.
  private static func lines(_ place: TaskGraph.TouchedRegion) -> [(Line, Int)] {
    (0..<place.region.rows).flatMap { row -> [(Line, Int)] in
      let start = place.region.start + row * place.region.pitch
      let end = start + place.region.runBytes
      return (start / 64..<(end + 63) / 64).map { number in
        (
          Line(slot: place.slot, number: number),
          min(end, number * 64 + 64) - max(start, number * 64)
        )
      }
    }
  }

  /// Proves: whatever a worker has patience for, a step moves no less than the least, and on one node nothing.
  @Test(arguments: [0, 1, 1e9]) func noLessThanTheLeast(patience: Double) throws {
    for machine in [Self.epyc, "pack:2 numa:1 core:4 pu:1", "core:8 pu:1"] {
      let known = try simulation("mlp_digits", on: machine)
      let run = Simulation(
        known.graph, on: known.machine, costs: .standard,
        policy: StealPolicy(patience: patience == 1e9 ? 1e9 : 0.3e-6, remotePatience: patience)
      ).run()
      try run.verify(known.graph)
      #expect((run.leastRemoteBytes > 0) == known.machine.spansNodes)
      #expect((run.remoteBytes > 0) == known.machine.spansNodes)
      // Who takes tasks of others may take them to where their bytes are.
      if patience == 1e9 { #expect(run.remoteBytes >= 0.99 * run.leastRemoteBytes) }
    }
  }

  /// Proves: homes in blocks by node are taken for a network whose layers follow one another, and not where calls have a tile
  /// each, which would all go to the first worker.
  @Test func blocksByNodeWhereTheyTakeNoLonger() throws {
    let wide = try simulation("mlp_wide", on: "pack:2 numa:1 core:4 pu:1")
    let first = wide.graph.tasks.indices.filter { wide.graph.tasks[$0].call == 0 }
      .sorted { rows(wide.graph, $0) < rows(wide.graph, $1) }
    let nodes = first.map { wide.machine.workers[Int(wide.graph.homes[$0])].node }
    #expect(nodes == nodes.sorted() && Set(nodes).count == 2, "\(nodes)")
    let branches = try simulation("branches", on: "pack:2 numa:1 core:4 pu:1").graph
    let loads = (0..<8).map { worker in
      zip(branches.tasks, branches.homes).reduce(0) {
        $0 + ($1.1 == worker ? $1.0.seconds : 0)
      }
    }
    #expect((loads.max() ?? 0) <= 2 * loads.reduce(0, +) / 8, "\(loads)")
  }

  private func rows(_ graph: TaskGraph, _ task: Int) -> Int {
    graph.tasks[task].writes.first.map { $0.region.start / max($0.region.pitch, 1) } ?? 0
  }
}
