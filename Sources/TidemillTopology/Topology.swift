/// A machine as the engine sees it: cores, their caches and memory, and what it may use of them.
///
/// Everything is an index into the arrays here, so that a value is small to copy and can be sent
/// anywhere. Only allowed PUs are in it, in the order of the machine: what is near in the arrays is
/// near in the machine.
///
/// ```swift
/// let machine = Topology.current()
/// let placement = try machine.placement(threads: nil)
/// print(machine.report(placement: placement))
/// ```
///
/// `init(xml:)` and `init(synthetic:)` make the topology of another machine, to plan for it or to
/// simulate it.
public struct Topology: Sendable, Equatable {
  /// Where a topology comes from.
  public enum Source: Sendable, Equatable {
    /// The machine the program runs on.
    case thisMachine
    /// The machine the program runs on, of which only the allowed PUs could be found out.
    case fallback
    /// Another machine, put in the place of this one by environment variables.
    case environment
    /// A file that describes a machine.
    case xml(String)
    /// A short description of a machine.
    case synthetic(String)
    /// A number of equal cores about which nothing else is known.
    case plain
  }

  /// Where this topology comes from.
  public let source: Source
  /// The name of the CPU, where the machine tells it.
  public let cpuModel: String?
  /// Sockets, those without an allowed core included.
  public let packages: [Package]
  /// NUMA nodes, those without an allowed core included: their memory can be used.
  public let nodes: [NUMANode]
  /// Kinds of cores, the fastest first; one on most machines.
  public let kinds: [CoreKind]
  /// Physical cores with at least one allowed PU; never empty.
  public let cores: [Core]
  /// Data and unified caches of those cores, nearest to the core first.
  public let caches: [Cache]
  /// The CPU time this process may use, where it is limited.
  public let quota: CPUQuota?

  package init(
    source: Source, cpuModel: String?, packages: [Package], nodes: [NUMANode], kinds: [CoreKind],
    cores: [Core], caches: [Cache], quota: CPUQuota? = nil
  ) {
    self.source = source
    self.cpuModel = cpuModel
    self.packages = packages
    self.nodes = nodes
    self.kinds = kinds
    self.cores = cores
    self.caches = caches
    self.quota = quota
  }

  /// Whether PUs of this topology are those of the running machine, so that threads can be pinned.
  public var isThisMachine: Bool { source == .thisMachine || source == .fallback }

  /// Every PU that may be used, ascending.
  public var allowedPUs: [PU] { cores.flatMap(\.pus).sorted() }

  /// The same machine under another limit of CPU time; `nil` is none.
  public func with(quota: CPUQuota?) -> Topology {
    Topology(
      source: source, cpuModel: cpuModel, packages: packages, nodes: nodes, kinds: kinds,
      cores: cores, caches: caches, quota: quota)
  }
}
