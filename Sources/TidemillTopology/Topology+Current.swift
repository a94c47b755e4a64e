import CPlatform
import TidemillGraph

extension TidemillError.Code {
  /// A description of a machine cannot be read, or asks for what no machine has.
  public static let topology = Self("topology")
}

extension Topology {
  /// The machine this program runs on, restricted to the CPUs that its affinity mask and its cpuset
  /// allow, with the quota of its control groups.
  ///
  /// It never fails: where the machine cannot be read, it is `Source.fallback`, the allowed PUs as
  /// equal cores. The variables `HWLOC_XMLFILE` and `HWLOC_SYNTHETIC` of the environment put another
  /// machine in its place; then `isThisMachine` is false and no thread is to be pinned.
  ///
  /// - Complexity: a read of a few hundred small system files, some milliseconds: keep the value.
  public static func current() -> Topology {
    let allowed = PU.allowedToProcess()
    let quota = CPUQuota.read()
    guard let machine = try? HwlocReader.read(.thisMachine) else {
      return plain(pus: allowed, source: .fallback).with(quota: quota)
    }
    if !machine.isThisMachine { return machine }
    // The mask can be empty of what the machine has only if the two were read at different times,
    // or if the environment claims a file to be this machine.
    let usable = (try? machine.restricted(to: allowed)) ?? plain(pus: allowed, source: .fallback)
    return usable.with(quota: quota)
  }

  /// The machine that an XML file of hwloc describes, as `lstopo machine.xml` writes it.
  ///
  /// - Throws: `TidemillError` with code `topology`, which names the file.
  public init(xml path: String) throws {
    self = try HwlocReader.read(.xml(path))
  }

  /// A regular machine in the words of hwloc, from the outermost level to the PUs.
  ///
  /// ```swift
  /// let machine = try Topology(synthetic: "pack:2 numa:4 l3:2 core:8 pu:2")  // 256 PUs
  /// ```
  ///
  /// - Throws: `TidemillError` with code `topology`, which quotes the description.
  public init(synthetic description: String) throws {
    try SyntheticDescription.check(description)
    self = try HwlocReader.read(.synthetic(description))
  }

  /// A machine of equal cores with one PU each, about which nothing else is known. It needs nothing
  /// of the system.
  ///
  /// - Throws: `TidemillError` with code `topology` for less than 1 or more than 8192 cores.
  public static func plain(cores: Int) throws -> Topology {
    guard 1...SyntheticDescription.mostPUs ~= cores else {
      throw TidemillError(
        .topology,
        "a plain topology of \(cores) cores: give between 1 and \(SyntheticDescription.mostPUs)")
    }
    return plain(pus: (0..<cores).map { PU($0) }, source: .plain)
  }

  /// Each PU as a core of its own. Siblings cannot be told apart, so on a machine with SMT that
  /// cannot be read, workers may share cores.
  static func plain(pus: [PU], source: Source) -> Topology {
    let all = Array(pus.indices)
    let cores = all.map {
      Core(index: $0, pus: [pus[$0]], kind: 0, package: nil, node: nil, caches: [])
    }
    return Topology(
      source: source, cpuModel: nil, packages: [], nodes: [],
      kinds: [CoreKind(coreType: nil, capacity: nil, maximumMHz: nil, cores: all)], cores: cores,
      caches: [])
  }
}

extension PU {
  /// What the main thread of this process may run on, ascending; never empty.
  ///
  /// The main thread, and not the one that calls, as servers pin single threads to single CPUs: the
  /// pool is no part of what such a thread does.
  package static func allowedToProcess() -> [PU] { allowed(tidemill_process_cpus) }

  /// What the calling thread may run on, ascending; never empty.
  package static func allowedToThread() -> [PU] {
    allowed { tidemill_allowed_cpus(0, $0, $1) }
  }

  private static func allowed(_ read: (UnsafeMutablePointer<Int32>?, Int32) -> Int32) -> [PU] {
    var cpus = [Int32](repeating: 0, count: 1024)
    var count = 0
    while true {
      count = Int(cpus.withUnsafeMutableBufferPointer { read($0.baseAddress, Int32($0.count)) })
      if count <= cpus.count { break }
      cpus = [Int32](repeating: 0, count: count)
    }
    // A sandbox may forbid to ask; some CPU runs this code.
    return count > 0 ? cpus.prefix(count).map { PU(Int($0)) } : [PU(0)]
  }
}
