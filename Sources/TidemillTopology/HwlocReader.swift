import CHwloc
import TidemillGraph

/// Reads a machine through hwloc. The only file that knows of hwloc, and nothing of it leaves.
enum HwlocReader {
  /// Reads the machine of a source that hwloc knows.
  static func read(_ source: Topology.Source) throws -> Topology {
    let handle = try Handle()
    try handle.load(source)
    return try Reading(handle.raw).topology(source)
  }

  /// A loaded hwloc topology, destroyed with the value on every way out.
  private struct Handle: ~Copyable {
    let raw: hwloc_topology_t

    init() throws {
      var made: hwloc_topology_t?
      guard hwloc_topology_init(&made) == 0, let made else {
        throw TidemillError(.topology, "hwloc has no memory for a topology")
      }
      raw = made
    }

    deinit { hwloc_topology_destroy(raw) }

    func load(_ source: Topology.Source) throws {
      switch source {
      case .xml(let path): try load(xml: path)
      case .synthetic(let description): try load(synthetic: description)
      default: try load()
      }
    }

    private func load() throws {
      guard hwloc_topology_load(raw) == 0 else {
        throw TidemillError(.topology, "hwloc cannot read this machine")
      }
    }

    private func load(xml path: String) throws {
      var text = try Topology.checkedXML(path)
      text.append(0)
      let status = text.withUnsafeBytes { bytes in
        // hwloc parses here, and counts the terminator.
        hwloc_topology_set_xmlbuffer(
          raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
      }
      guard status == 0, hwloc_topology_load(raw) == 0 else {
        throw TidemillError(
          .topology,
          "'\(path)' does not describe a machine: expected XML of hwloc 2 or later, "
            + "as 'lstopo machine.xml' writes it")
      }
    }

    private func load(synthetic description: String) throws {
      guard hwloc_topology_set_synthetic(raw, description) == 0, hwloc_topology_load(raw) == 0
      else {
        throw TidemillError(
          .topology,
          "synthetic machine '\(description.printable(limit: 120))': hwloc does not accept it; write "
            + "levels from the outermost in, such as 'pack:2 numa:2 core:4 pu:2'")
      }
    }
  }

  /// One reading: from the objects of hwloc to arrays of ours. Lives as long as its handle is read.
  private struct Reading {
    let raw: hwloc_topology_t

    init(_ raw: hwloc_topology_t) { self.raw = raw }

    func topology(_ source: Topology.Source) throws -> Topology {
      let packages = objects(hwloc_get_type_depth(raw, HWLOC_OBJ_PACKAGE))
      let nodes = objects(Int32(HWLOC_TYPE_DEPTH_NUMANODE.rawValue))
      let (cores, caches) = cores(in: packages, nodes: nodes)
      if cores.isEmpty {
        throw TidemillError(.topology, "the topology has no PU that may be used")
      }

      let kinds = CoreKindMeasure.folded(kindMeasures())
      let rank = CoreKindMeasure.rank(of: cores.map { $0.pus[0] }, in: kinds)
      let packageCores = inverse(cores.map { $0.package.map { [$0] } ?? [] }, packages.count)
      let nodeCores = inverse(cores.map { $0.node.map { [$0] } ?? [] }, nodes.count)
      let cacheCores = inverse(cores.map(\.caches), caches.count)
      return Topology(
        source: actual(source), cpuModel: cpuModel(packages),
        packages: packageCores.map(Topology.Package.init),
        nodes: nodes.indices.map { node in
          Topology.NUMANode(
            osIndex: Int(nodes[node].pointee.os_index),
            bytes: Int(clamping: nodes[node].pointee.attr.pointee.numanode.local_memory),
            cores: nodeCores[node])
        },
        kinds: rank.kinds.map { kind, cores in
          Topology.CoreKind(
            coreType: kind.coreType, capacity: kind.capacity, maximumMHz: kind.maximumMHz,
            cores: cores)
        },
        cores: cores.indices.map {
          Topology.Core(
            index: $0, pus: cores[$0].pus, kind: rank.ofCore[$0], package: cores[$0].package,
            node: cores[$0].node, caches: cores[$0].caches)
        },
        caches: caches.indices.map { cache(caches[$0], cores: cacheCores[$0]) })
    }

    /// The cores, and the caches that they have between them.
    private func cores(
      in packages: [hwloc_obj_t], nodes: [hwloc_obj_t]
    ) -> (cores: [CoreParts], caches: [hwloc_obj_t]) {
      var cores: [CoreParts] = []
      var coreIndex: [hwloc_obj_t: Int] = [:]
      var caches: [hwloc_obj_t] = []
      var cacheIndex: [hwloc_obj_t: Int] = [:]
      // PUs know their core, and not the other way round: a machine may come without cores.
      for pu in objects(hwloc_get_type_depth(raw, HWLOC_OBJ_PU))
      where pu.pointee.os_index != unknown {
        let above = Array(sequence(first: pu) { $0.pointee.parent })
        let core = above.first { $0.pointee.type == HWLOC_OBJ_CORE } ?? pu
        let position = coreIndex[core] ?? cores.count
        if position == cores.count {
          coreIndex[core] = position
          cores.append(
            CoreParts(
              package: above.first { $0.pointee.type == HWLOC_OBJ_PACKAGE }.flatMap(
                packages.firstIndex),
              node: nearestNode(to: pu, among: nodes)))
        }
        cores[position].pus.append(PU(Int(pu.pointee.os_index)))
        for object in above where isDataCache(object) {
          let cache = cacheIndex[object] ?? caches.count
          if cache == caches.count {
            cacheIndex[object] = cache
            caches.append(object)
          }
          if !cores[position].caches.contains(cache) { cores[position].caches.append(cache) }
        }
      }
      return (cores, caches)
    }

    /// From the parts of each core to the cores of each part.
    private func inverse(_ parts: [[Int]], _ count: Int) -> [[Int]] {
      var members = [[Int]](repeating: [], count: count)
      for (core, parts) in parts.enumerated() {
        for part in parts { members[part].append(core) }
      }
      return members
    }

    /// What the environment made of a request for this machine.
    private func actual(_ source: Topology.Source) -> Topology.Source {
      source == .thisMachine && hwloc_topology_is_thissystem(raw) == 0 ? .environment : source
    }

    private func objects(_ depth: Int32) -> [hwloc_obj_t] {
      (0..<hwloc_get_nbobjs_by_depth(raw, depth)).compactMap {
        hwloc_get_obj_by_depth(raw, depth, $0)
      }
    }

    /// The node that the fewest PUs share, as that is the nearest. Of equals (a Xeon Phi has two) the
    /// first: hwloc lists ordinary memory before special one.
    private func nearestNode(to pu: hwloc_obj_t, among nodes: [hwloc_obj_t]) -> Int? {
      guard let set = pu.pointee.nodeset else { return nil }
      return nodes.indices
        .filter { hwloc_bitmap_isset(set, nodes[$0].pointee.os_index) != 0 }
        .min {
          hwloc_bitmap_weight(nodes[$0].pointee.cpuset)
            < hwloc_bitmap_weight(nodes[$1].pointee.cpuset)
        }
    }

    private func isDataCache(_ object: hwloc_obj_t) -> Bool {
      hwloc_obj_type_is_dcache(object.pointee.type) != 0
    }

    private func cache(_ object: hwloc_obj_t, cores: [Int]) -> Topology.Cache {
      let cache = object.pointee.attr.pointee.cache
      let ways = Int(cache.associativity)
      return Topology.Cache(
        level: Int(cache.depth), kind: cache.type == HWLOC_OBJ_CACHE_DATA ? .data : .unified,
        bytes: Int(clamping: cache.size),
        lineSize: cache.linesize > 0 ? Int(cache.linesize) : nil,
        associativity: ways == -1 ? .full : ways > 0 ? .ways(ways) : nil, cores: cores)
    }

    private func cpuModel(_ packages: [hwloc_obj_t]) -> String? {
      let holders = packages + objects(0)
      for holder in holders {
        guard let name = hwloc_obj_get_info_by_name(holder, "CPUModel") else { continue }
        let words = String(cString: name).split(whereSeparator: \.isWhitespace)
        if !words.isEmpty { return words.joined(separator: " ") }
      }
      return nil
    }

    private func kindMeasures() -> [CoreKindMeasure] {
      guard let set = hwloc_bitmap_alloc() else { return [] }
      defer { hwloc_bitmap_free(set) }
      return (0..<max(0, hwloc_cpukinds_get_nr(raw, 0))).compactMap { index in
        var efficiency: Int32 = -1
        var count: UInt32 = 0
        var infos: UnsafeMutablePointer<hwloc_info_s>?
        guard
          hwloc_cpukinds_get_info(raw, UInt32(index), set, &efficiency, &count, &infos, 0) == 0
        else { return nil }
        var kind = CoreKindMeasure(efficiency: efficiency < 0 ? nil : Int(efficiency))
        for info in UnsafeBufferPointer(start: infos, count: Int(count)) {
          let value = String(cString: info.value)
          switch String(cString: info.name) {
          case "CoreType": kind.coreType = value
          case "LinuxCapacity": kind.capacity = Int(value)
          case "FrequencyMaxMHz": kind.maximumMHz = Int(value)
          default: break
          }
        }
        var pu = hwloc_bitmap_first(set)
        let last = hwloc_bitmap_last(set)  // -1 if endless: a file may say so
        while pu >= 0, pu <= last {
          kind.pus.insert(PU(Int(pu)))
          pu = hwloc_bitmap_next(set, pu)
        }
        return kind
      }
    }

    private let unknown = UInt32.max
  }

  private struct CoreParts {
    var pus: [PU] = []
    let package: Int?
    let node: Int?
    var caches: [Int] = []

    init(package: Int?, node: Int?) {
      self.package = package
      self.node = node
    }
  }
}
