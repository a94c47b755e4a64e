/// A processing unit: a hardware thread, by the number that the operating system gives it.
public struct PU: RawRepresentable, Hashable, Comparable, Codable, Sendable,
  CustomStringConvertible
{
  /// The number of the operating system, as pinning takes it.
  public let rawValue: Int
  /// Makes a PU from the number of the operating system.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// Makes a PU from the number of the operating system.
  public init(_ osIndex: Int) { rawValue = osIndex }

  /// Orders by number.
  public static func < (lhs: PU, rhs: PU) -> Bool { lhs.rawValue < rhs.rawValue }
  /// `PU 3`
  public var description: String { "PU \(rawValue)" }
}

extension Topology {
  /// A physical core.
  public struct Core: Sendable, Equatable {
    /// The place in `Topology.cores`.
    public let index: Int
    /// Its allowed PUs, never empty: the first is used first, the others are its SMT siblings.
    public let pus: [PU]
    /// Index into `Topology.kinds`, which is also the rank: 0 is the fastest kind.
    public let kind: Int
    /// Index into `Topology.packages`, if known.
    public let package: Int?
    /// Index into `Topology.nodes`: the nearest memory, if known.
    public let node: Int?
    /// Indices into `Topology.caches`, nearest first.
    public let caches: [Int]

    package init(index: Int, pus: [PU], kind: Int, package: Int?, node: Int?, caches: [Int]) {
      self.index = index
      self.pus = pus
      self.kind = kind
      self.package = package
      self.node = node
      self.caches = caches
    }
  }

  /// A data or unified cache.
  public struct Cache: Sendable, Equatable {
    /// What a cache holds.
    public enum Kind: String, Sendable, Codable {
      /// Data only.
      case data
      /// Data and instructions.
      case unified
    }

    /// 1, 2, 3, ...
    public let level: Int
    /// What it holds.
    public let kind: Kind
    /// The capacity; 0 if unknown.
    public let bytes: Int
    /// Bytes in a line, if known.
    public let lineSize: Int?
    /// How many lines compete for a place, if known; all of them in a fully associative cache.
    public let associativity: Associativity?
    /// Indices of the cores that share it, ascending; only allowed ones.
    public let cores: [Int]

    package init(
      level: Int, kind: Kind, bytes: Int, lineSize: Int?, associativity: Associativity?,
      cores: [Int]
    ) {
      self.level = level
      self.kind = kind
      self.bytes = bytes
      self.lineSize = lineSize
      self.associativity = associativity
      self.cores = cores
    }

    /// `L1d`, `L2`, `L3`
    public var name: String { "L\(level)\(kind == .data ? "d" : "")" }
  }

  /// How many lines of a cache an address can be kept in.
  public enum Associativity: Sendable, Equatable, Codable {
    /// One of so many.
    case ways(Int)
    /// Any line.
    case full
  }

  /// Memory and the cores near to it.
  public struct NUMANode: Sendable, Equatable {
    /// The number of the operating system.
    public let osIndex: Int
    /// The capacity; 0 if unknown.
    public let bytes: Int
    /// Indices of the cores to which it is the nearest memory, ascending.
    public let cores: [Int]

    package init(osIndex: Int, bytes: Int, cores: [Int]) {
      self.osIndex = osIndex
      self.bytes = bytes
      self.cores = cores
    }
  }

  /// A socket.
  public struct Package: Sendable, Equatable {
    /// Indices of its allowed cores, ascending.
    public let cores: [Int]

    package init(cores: [Int]) {
      self.cores = cores
    }
  }

  /// Cores that are about equally fast, on a machine that mixes fast with frugal ones.
  public struct CoreKind: Sendable, Equatable {
    /// The maker's name for it, such as `IntelAtom`, where the system tells it.
    public let coreType: String?
    /// Speed in units of which the fastest core of the machine has 1024, where the system tells it.
    public let capacity: Int?
    /// The highest clock, where the system tells it.
    public let maximumMHz: Int?
    /// Indices of its cores, ascending.
    public let cores: [Int]

    package init(coreType: String?, capacity: Int?, maximumMHz: Int?, cores: [Int]) {
      self.coreType = coreType
      self.capacity = capacity
      self.maximumMHz = maximumMHz
      self.cores = cores
    }
  }
}
