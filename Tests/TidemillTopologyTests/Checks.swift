import Testing
import TidemillTopology

/// Every index of a topology points at something, and both directions of every relation agree.
func expectConsistent(_ topology: Topology, _ note: Comment = "") {
  let cores = topology.cores
  #expect(!cores.isEmpty, note)
  #expect(cores.map(\.index) == Array(cores.indices), note)
  #expect(cores.allSatisfy { !$0.pus.isEmpty }, note)
  let pus = cores.flatMap(\.pus)
  #expect(Set(pus).count == pus.count, "a PU in two cores. \(note)")
  #expect(topology.allowedPUs == pus.sorted(), note)

  func expect(_ members: [[Int]], inverseOf part: (Topology.Core) -> [Int], _ what: String) {
    for (index, found) in members.enumerated() {
      let expected = cores.filter { part($0).contains(index) }.map(\.index)
      #expect(found == expected, "\(what) \(index). \(note)")
    }
    #expect(cores.flatMap(part).allSatisfy(members.indices.contains), "\(what). \(note)")
  }
  expect(topology.packages.map(\.cores), inverseOf: { $0.package.map { [$0] } ?? [] }, "package")
  expect(topology.nodes.map(\.cores), inverseOf: { $0.node.map { [$0] } ?? [] }, "NUMA node")
  expect(topology.kinds.map(\.cores), inverseOf: { [$0.kind] }, "kind")
  expect(topology.caches.map(\.cores), inverseOf: \.caches, "cache")
  #expect(topology.kinds.allSatisfy { !$0.cores.isEmpty }, note)
  #expect(topology.caches.allSatisfy { !$0.cores.isEmpty }, note)
  for core in cores {
    let levels = core.caches.map { topology.caches[$0].level }
    #expect(levels == levels.sorted() && Set(levels).count == levels.count, "\(core). \(note)")
  }
}

/// What has to be true of any placement, said without the code that makes one.
func expectValid(
  _ placement: Placement, on topology: Topology, threads: Int, _ note: Comment = ""
) {
  let workers = placement.workers
  #expect(workers.count == threads && placement.threads == threads, note)
  guard let caller = workers.first else { return }
  #expect(caller.pu == nil && caller.core != nil, "the caller is pinned. \(note)")

  let pinned = workers.dropFirst().prefix { $0.pu != nil }
  let allowed = Set(topology.allowedPUs)
  // The caller is counted on one PU, the rest of them is there for the others.
  #expect(pinned.count == min(threads, allowed.count) - 1, "too few are pinned. \(note)")
  #expect(workers.dropFirst(1 + pinned.count).allSatisfy { $0.pu == nil && $0.core == nil }, note)
  let given = pinned.compactMap(\.pu)
  #expect(Set(given).count == given.count, "a PU is given twice: \(given). \(note)")
  #expect(allowed.isSuperset(of: given), "\(given) are not all allowed. \(note)")
  for worker in pinned {
    guard let core = worker.core, let pu = worker.pu else { continue }
    #expect(topology.cores[core].pus.contains(pu), "\(pu) is not in core \(core). \(note)")
  }

  // A core gets its n-th worker when every core that has n PUs has n-1 and more.
  var workersOn = [Int](repeating: 0, count: topology.cores.count)
  var kindsInRound: [Int: Int] = [:]
  for (index, worker) in workers.enumerated() {
    guard let core = worker.core else { break }
    let round = workersOn[core]
    let free = topology.cores.first { workersOn[$0.index] < min(round, $0.pus.count) }
    #expect(
      free == nil, "worker \(index) is a sibling on core \(core) while one is free. \(note)")
    workersOn[core] += 1
    if index == 0 { continue }  // the caller may be on any core
    let kind = topology.cores[core].kind
    #expect(kind >= kindsInRound[round] ?? 0, "worker \(index) is on a fast core, late. \(note)")
    kindsInRound[round] = kind
  }
}
