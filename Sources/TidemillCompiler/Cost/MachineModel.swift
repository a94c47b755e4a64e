import TidemillTopology

/// How far apart two workers are, nearest first.
package enum WorkerDistance: Int, Hashable, Sendable, Comparable, CaseIterable {
  case sameCore, sharedCache, sameNode, samePackage, apart

  package static func < (lhs: WorkerDistance, rhs: WorkerDistance) -> Bool {
    lhs.rawValue < rhs.rawValue
  }
}

/// A machine as the scheduler plans for it: workers, what they share, and how fast each is.
///
/// Made of a topology and a placement. Two workers are as far apart as the nearest thing that they share: a core, its
/// last cache, a NUMA node, a package, or nothing.
package struct MachineModel: Hashable, Sendable {
  package struct Worker: Hashable, Sendable {
    package let core: Int
    /// Index into `caches`: the last one.
    package let cache: Int
    package let node: Int
    package let package: Int
    /// Of the fastest core alone.
    package let speed: Double
  }

  package let workers: [Worker]
  /// Bytes of each last cache.
  package let caches: [Double]
  package let nodes: Int
  /// Bytes of a core's own share of the second cache.
  package let l2: Double

  /// What a cache is taken for where the machine does not tell.
  private static let unknownL2 = 1 << 20
  private static let unknownShare = 4 << 20

  /// Whether the workers are on several NUMA nodes.
  package var spansNodes: Bool { workers.contains { $0.node != workers[0].node } }

  /// Equal workers with a core each, which share a cache.
  package init(workers count: Int) {
    let count = max(count, 1)
    workers = (0..<count).map { Worker(core: $0, cache: 0, node: 0, package: 0, speed: 1) }
    caches = [Double(count * Self.unknownShare)]
    nodes = 1
    l2 = Double(Self.unknownL2)
  }

  /// The workers of a placement. Those that have no core are counted on the cores from the first on.
  package init(_ topology: Topology, _ placement: Placement) {
    let seats = placement.workers.enumerated().map { $1.core ?? $0 % topology.cores.count }
    let guests = Dictionary(grouping: seats) { $0 }.mapValues(\.count)
    let last = topology.cores.map { core in
      core.caches.max { topology.caches[$0].level < topology.caches[$1].level }
    }
    // Those that workers have, and one for all cores whose caches are not known.
    let used = Set(seats.map { last[$0] ?? -1 }).sorted()
    let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    workers = seats.map { seat in
      let core = topology.cores[seat]
      return Worker(
        core: seat, cache: places[last[seat] ?? -1] ?? 0, node: core.node ?? 0,
        package: core.package ?? 0,
        speed: topology.speed(of: core) * Self.share(of: guests[seat] ?? 1))
    }
    caches = used.map { cache in
      let bytes = cache < 0 ? 0 : topology.caches[cache].bytes
      let cores = last.filter { $0 ?? -1 == cache }.count
      return Double(bytes > 0 ? bytes : cores * Self.unknownShare)
    }
    nodes = max(topology.nodes.count, 1)
    let shares = topology.caches.filter { $0.level == 2 && $0.bytes > 0 }.map {
      $0.bytes / max($0.cores.count, 1)
    }
    l2 = Double(shares.min() ?? Self.unknownL2)
  }

  /// Its first worker alone.
  package var caller: MachineModel {
    MachineModel(workers: Array(workers.prefix(1)), caches: caches, nodes: nodes, l2: l2)
  }

  private init(workers: [Worker], caches: [Double], nodes: Int, l2: Double) {
    (self.workers, self.caches, self.nodes, self.l2) = (workers, caches, nodes, l2)
  }

  /// Two threads of a core together do about a quarter more than one alone.
  private static func share(of guests: Int) -> Double {
    guests > 1 ? 1.25 / Double(guests) : 1
  }

  package func distance(_ first: Int, _ second: Int) -> WorkerDistance {
    let (one, other) = (workers[first], workers[second])
    if one.core == other.core { return .sameCore }
    if one.cache == other.cache { return .sharedCache }
    if one.node == other.node { return .sameNode }
    return one.package == other.package ? .samePackage : .apart
  }

  /// The other workers in the order in which an idle one looks there for tasks: the nearest first, and of equally near ones
  /// those behind itself.
  package func neighbours(of worker: Int) -> [Int] {
    let count = workers.count
    return (1..<max(count, 1)).map { (worker + $0) % count }
      .enumerated().sorted {
        (distance(worker, $0.element), $0.offset) < (distance(worker, $1.element), $1.offset)
      }.map(\.element)
  }
}

extension Topology {
  /// Of the fastest kind.
  fileprivate func speed(of core: Core) -> Double {
    guard core.kind > 0, let fastest = kinds.first else { return 1 }
    let kind = kinds[core.kind]
    if let capacity = kind.capacity, let most = fastest.capacity, most > 0 {
      return Double(capacity) / Double(most)
    }
    if let clock = kind.maximumMHz, let most = fastest.maximumMHz, most > 0 {
      return Double(clock) / Double(most)
    }
    return 0.6
  }
}
