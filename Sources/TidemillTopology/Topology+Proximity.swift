extension Topology {
  /// How near two cores are to each other, nearest first.
  public enum Proximity: Sendable, Hashable, Comparable {
    /// They are the same.
    case sameCore
    /// They share a cache of this level, and none below it.
    case sharedCache(level: Int)
    /// Their nearest memory is the same.
    case sameNode
    /// They are in the same socket.
    case samePackage
    /// They share none of these, or nothing is known about them.
    case apart
  }

  /// How near two cores are, by their indices.
  public func proximity(_ first: Int, _ second: Int) -> Proximity {
    guard cores.indices.contains(first), cores.indices.contains(second) else { return .apart }
    if first == second { return .sameCore }
    let one = cores[first]
    let other = cores[second]
    if let cache = one.caches.first(where: other.caches.contains) {
      return .sharedCache(level: caches[cache].level)
    }
    if let node = one.node, node == other.node { return .sameNode }
    if let package = one.package, package == other.package { return .samePackage }
    return .apart
  }

  /// The data or unified cache of a level that a core has; `nil` where it has none or it is not
  /// known, as L3 on a Xeon Phi.
  public func cache(level: Int, ofCore core: Int) -> Cache? {
    guard cores.indices.contains(core) else { return nil }
    return cores[core].caches.lazy.map { caches[$0] }.first { $0.level == level }
  }
}
