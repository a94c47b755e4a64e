import TidemillGraph

extension Topology {
  /// The same machine with only some of its PUs: cores, caches and kinds without one are left out,
  /// packages and NUMA nodes stay.
  ///
  /// - Throws: `TidemillError` with code `topology` where none of `pus` is in this machine.
  public func restricted(to pus: some Sequence<PU>) throws -> Topology {
    let keep = Set(pus)
    var newIndex: [Int?] = []
    var kept: [Core] = []
    for core in cores {
      let pus = core.pus.filter(keep.contains)
      newIndex.append(pus.isEmpty ? nil : kept.count)
      if pus.isEmpty { continue }
      kept.append(
        Core(
          index: kept.count, pus: pus, kind: core.kind, package: core.package, node: core.node,
          caches: core.caches))
    }
    if kept.isEmpty {
      throw TidemillError(
        .topology,
        "none of the PUs \(PURanges.text(keep.sorted())) is in this topology, "
          + "which has \(PURanges.text(allowedPUs))")
    }
    func renumbered(_ cores: [Int]) -> [Int] { cores.compactMap { newIndex[$0] } }

    var newCache: [Int?] = []
    var keptCaches: [Cache] = []
    for cache in caches {
      let cores = renumbered(cache.cores)
      newCache.append(cores.isEmpty ? nil : keptCaches.count)
      if cores.isEmpty { continue }
      keptCaches.append(
        Cache(
          level: cache.level, kind: cache.kind, bytes: cache.bytes, lineSize: cache.lineSize,
          associativity: cache.associativity, cores: cores))
    }
    var newKind: [Int] = []
    var keptKinds: [CoreKind] = []
    for kind in kinds {
      newKind.append(keptKinds.count)
      let cores = renumbered(kind.cores)
      if cores.isEmpty { continue }
      keptKinds.append(
        CoreKind(
          coreType: kind.coreType, capacity: kind.capacity, maximumMHz: kind.maximumMHz,
          cores: cores))
    }
    return Topology(
      source: source, cpuModel: cpuModel,
      packages: packages.map { Package(cores: renumbered($0.cores)) },
      nodes: nodes.map {
        NUMANode(osIndex: $0.osIndex, bytes: $0.bytes, cores: renumbered($0.cores))
      },
      kinds: keptKinds,
      cores: kept.map {
        Core(
          index: $0.index, pus: $0.pus, kind: newKind[$0.kind], package: $0.package, node: $0.node,
          caches: $0.caches.compactMap { newCache[$0] })
      },
      caches: keptCaches, quota: quota)
  }
}
