/// A topology and a placement as numbers and names, for JSON. Names of fields are stable; fields
/// may be added.
public struct TopologySummary: Codable, Sendable, Equatable {
  /// A core.
  public struct Core: Codable, Sendable, Equatable {
    /// The numbers of the operating system, the one that is used first at the front.
    public let pus: [Int]
    /// Index into `kinds`.
    public let kind: Int
    /// Index of the package, if known.
    public let package: Int?
    /// Index into `numaNodes`, if known.
    public let numaNode: Int?
    /// Indices into `caches`, nearest first.
    public let caches: [Int]
  }

  /// A kind of cores.
  public struct Kind: Codable, Sendable, Equatable {
    /// `uniform`; or `performance`, `middle`, `efficiency`; or `kind 0` and so on.
    public let name: String
    /// The maker's name, if known.
    public let coreType: String?
    /// How many cores.
    public let cores: Int
    /// Indices of the cores.
    public let coreIndices: [Int]
  }

  /// A cache.
  public struct Cache: Codable, Sendable, Equatable {
    /// `L1d`, `L2`, `L3`.
    public let name: String
    /// 1, 2, 3.
    public let level: Int
    /// `data` or `unified`.
    public let kind: Topology.Cache.Kind
    /// The capacity; 0 if unknown.
    public let bytes: Int
    /// Bytes in a line, if known.
    public let lineSize: Int?
    /// Ways, if known; 0 if fully associative.
    public let ways: Int?
    /// Indices of the cores that share it.
    public let cores: [Int]
  }

  /// A NUMA node.
  public struct NUMANode: Codable, Sendable, Equatable {
    /// The number of the operating system.
    public let osIndex: Int
    /// The capacity; 0 if unknown.
    public let bytes: Int
    /// Indices of its cores.
    public let cores: [Int]
  }

  /// A worker.
  public struct Worker: Codable, Sendable, Equatable {
    /// Its number; 0 is the caller.
    public let worker: Int
    /// The PU it is pinned to, if it is.
    public let pu: Int?
    /// The core it is counted on, if there is one.
    public let core: Int?
  }

  /// Where it comes from.
  public let source: String
  /// Whether the PUs are those of the running machine.
  public let isThisMachine: Bool
  /// The name of the CPU, if known.
  public let cpuModel: String?
  /// How many sockets.
  public let packages: Int
  /// NUMA nodes.
  public let numaNodes: [NUMANode]
  /// Kinds of cores, fastest first.
  public let kinds: [Kind]
  /// Physical cores.
  public let cores: [Core]
  /// Caches.
  public let caches: [Cache]
  /// The PUs that may be used, ascending.
  public let allowedPUs: [Int]
  /// The limit in CPUs, if there is one.
  public let quotaCPUs: Double?
  /// How many threads, the caller included.
  public let threads: Int
  /// What was decided, one entry a worker.
  public let workers: [Worker]

  /// Summarises a topology and a placement on it.
  public init(_ topology: Topology, placement: Placement) {
    source = topology.sourceName
    isThisMachine = topology.isThisMachine
    cpuModel = topology.cpuModel
    packages = topology.packages.count
    numaNodes = topology.nodes.map {
      NUMANode(osIndex: $0.osIndex, bytes: $0.bytes, cores: $0.cores)
    }
    kinds = topology.kinds.enumerated().map { index, kind in
      Kind(
        name: topology.kindName(index), coreType: kind.coreType, cores: kind.cores.count,
        coreIndices: kind.cores)
    }
    cores = topology.cores.map {
      Core(
        pus: $0.pus.map(\.rawValue), kind: $0.kind, package: $0.package, numaNode: $0.node,
        caches: $0.caches)
    }
    caches = topology.caches.map {
      Cache(
        name: $0.name, level: $0.level, kind: $0.kind, bytes: $0.bytes, lineSize: $0.lineSize,
        ways: $0.associativity.map(Self.ways), cores: $0.cores)
    }
    allowedPUs = topology.allowedPUs.map(\.rawValue)
    quotaCPUs = topology.quota?.cpus
    threads = placement.threads
    workers = placement.workers.enumerated().map { index, worker in
      Worker(worker: index, pu: worker.pu?.rawValue, core: worker.core)
    }
  }

  private static func ways(_ associativity: Topology.Associativity) -> Int {
    switch associativity {
    case .ways(let ways): ways
    case .full: 0
    }
  }
}
