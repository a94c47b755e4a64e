/// What a machine tells of some of its PUs: how fast they are compared with the others.
package struct CoreKindMeasure: Equatable {
  package var pus: Set<PU> = []
  /// A rank, higher is faster; `nil` where the machine has none.
  package var efficiency: Int?
  package var coreType: String?
  package var capacity: Int?
  package var maximumMHz: Int?

  package init(efficiency: Int?) { self.efficiency = efficiency }

  /// Kinds slower than this part of the fastest of a group are another group.
  ///
  /// Linux tells cores of one design apart that were binned 2% slower or may boost 5% higher; work
  /// need not be split unevenly for that. Between designs it is 0.73 (Cortex-A725 and X925) to 0.88
  /// (Arrow Lake).
  private static let nearlyEqual = 0.9

  /// Puts kinds together that are about equally fast; the fastest come first.
  package static func folded(_ kinds: [CoreKindMeasure]) -> [CoreKindMeasure] {
    var groups: [CoreKindMeasure] = []
    for kind in fastestFirst(kinds) {
      if let last = groups.last, last.isNearly(kind) {
        groups[groups.count - 1].pus.formUnion(kind.pus)
      } else {
        groups.append(kind)
      }
    }
    return groups
  }

  private static func fastestFirst(_ kinds: [CoreKindMeasure]) -> [CoreKindMeasure] {
    func sorted(_ key: (CoreKindMeasure) -> Int?) -> [CoreKindMeasure]? {
      let keyed = kinds.enumerated().compactMap { place, kind in
        key(kind).map { (place, $0, kind) }
      }
      guard keyed.count == kinds.count else { return nil }
      return keyed.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.2)
    }
    return sorted(\.efficiency) ?? sorted(\.capacity) ?? sorted(\.maximumMHz) ?? kinds
  }

  private func isNearly(_ slower: CoreKindMeasure) -> Bool {
    if coreType != slower.coreType { return false }
    for (fast, slow) in [(capacity, slower.capacity), (maximumMHz, slower.maximumMHz)] {
      guard let fast, let slow else { continue }
      return Double(slow) >= Self.nearlyEqual * Double(fast)
    }
    return false
  }

  /// The rank of each core, given by its first PU, and the cores of each kind.
  ///
  /// Kinds without a core are dropped. Cores that no kind has come last: nothing says they are fast.
  static func rank(
    of cores: [PU], in kinds: [CoreKindMeasure]
  ) -> (ofCore: [Int], kinds: [(CoreKindMeasure, cores: [Int])]) {
    let all = kinds + [CoreKindMeasure(efficiency: nil)]
    let place = cores.map { pu in kinds.firstIndex { $0.pus.contains(pu) } ?? kinds.count }
    let used = Set(place).sorted()
    return (
      place.map { used.firstIndex(of: $0) ?? 0 },
      used.map { kind in (all[kind], place.indices.filter { place[$0] == kind }) }
    )
  }
}
