import TidemillGraph

/// Where the workers of a pool run: one entry a worker.
///
/// No PU is given twice, and only allowed ones are. Worker 0 is the thread that calls the engine,
/// which is never pinned; it is counted on a core that no other worker is sent to while there is a
/// free one.
public struct Placement: Sendable, Equatable, Codable {
  /// Where one worker runs.
  public struct Worker: Sendable, Equatable, Codable {
    /// The PU the worker is pinned to; `nil` for the caller and for workers beyond the last PU.
    public let pu: PU?
    /// Index into `Topology.cores` of the core it is counted on; `nil` beyond the last PU.
    public let core: Int?

    package init(pu: PU?, core: Int?) {
      self.pu = pu
      self.core = core
    }
  }

  /// One for each worker; the first is the caller.
  public let workers: [Worker]

  package init(workers: [Worker]) { self.workers = workers }

  /// How many threads work, the caller included.
  public var threads: Int { workers.count }

  /// The other workers in the order in which an idle one should look there for work: nearest cache
  /// first, and among equally near ones starting behind itself, so that idle workers spread.
  ///
  /// - Complexity: O(n log n) for n workers.
  public func neighbours(of worker: Int, in topology: Topology) -> [Int] {
    guard workers.indices.contains(worker) else { return [] }
    let count = workers.count
    let others = (1..<count).map { step -> (step: Int, near: Topology.Proximity) in
      let other = workers[(worker + step) % count]
      guard let mine = workers[worker].core, let theirs = other.core else { return (step, .apart) }
      return (step, topology.proximity(mine, theirs))
    }
    return others.sorted { ($0.near, $0.step) < ($1.near, $1.step) }
      .map { (worker + $0.step) % count }
  }
}

extension Topology {
  /// More threads than this are a mistake, or more than one run can make use of.
  package static let mostThreads = 4095

  /// Decides how many workers there are and which PU each is pinned to.
  ///
  /// The order is: the first PU of each core, faster kinds first, then second PUs in the same order
  /// of cores, and so on; so SMT siblings come when every core has a worker.
  ///
  /// The caller is a thread of the embedder, and where it is running may change at any time. It is
  /// counted on the *first* core of the order and that PU is given to nobody: the caller has the
  /// serial parts, so the fastest kind is kept free for it, and a system that balances load moves a
  /// thread that is not pinned away from busy cores to the one that is idle. Where the caller is
  /// pinned by the embedder, that does not happen: name its PU, and the others avoid that one.
  ///
  /// - Parameters:
  ///   - threads: How many workers, the caller included; `nil` is one for each core, but no more
  ///     than the quota can keep busy. A number is taken as it is; workers beyond the last PU are
  ///     not pinned.
  ///   - caller: The PU that the calling thread is pinned to, if it is.
  /// - Throws: `TidemillError` with code `argument` for less than one thread and for thousands;
  ///   `topology` for a caller on a PU that is not in this topology.
  public func placement(threads: Int? = nil, caller: PU? = nil) throws -> Placement {
    let count =
      threads ?? min(cores.count, quota?.threads ?? cores.count, Self.mostThreads)
    guard count >= 1 else {
      throw TidemillError(
        .argument, "\(count) threads: give at least 1, or none to use every allowed core")
    }
    guard count <= Self.mostThreads else {
      throw TidemillError(
        .argument,
        "\(count) threads: give at most \(Self.mostThreads); this topology has "
          + "\(allowedPUs.count) PUs")
    }
    if let caller, !allowedPUs.contains(caller) {
      throw TidemillError(
        .topology,
        "the caller is on \(caller), which is not in this topology: it has the PUs "
          + PURanges.text(allowedPUs))
    }
    let order = pinningOrder(caller: caller)
    let workers = (0..<count).map { worker -> Placement.Worker in
      guard worker < order.count else { return Placement.Worker(pu: nil, core: nil) }
      return Placement.Worker(pu: worker == 0 ? nil : order[worker].pu, core: order[worker].core)
    }
    return Placement(workers: workers)
  }

  private typealias Seat = (pu: PU, core: Int)

  private func pinningOrder(caller: PU?) -> [Seat] {
    // The PU of the caller is the first of its core, so that the others are its siblings.
    let seats = cores.map { core in
      core.pus.filter { $0 == caller } + core.pus.filter { $0 != caller }
    }
    let byKind = kinds.flatMap(\.cores)
    let most = seats.map(\.count).max() ?? 0
    let order: [Seat] = (0..<most).flatMap { round in
      byKind.compactMap { seats[$0].count > round ? (seats[$0][round], $0) : nil }
    }
    return order.filter { $0.pu == caller } + order.filter { $0.pu != caller }
  }
}
