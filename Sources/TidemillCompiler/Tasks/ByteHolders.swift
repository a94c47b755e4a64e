import TidemillGraph

/// Which caches hold which bytes while tasks are planned, one after the other, and what it takes to bring them to a worker.
///
/// A byte that somebody wrote is in that core alone, until another one touches it; from then on their last cache has it too. A
/// write takes it from all others. So a weight that many tasks read crosses once to each cache, and not from reader to reader.
/// Caches forget nothing here, and bytes that no task has touched lie equally far from all.
package struct ByteHolders {
  private struct Entry {
    let region: Region
    /// A bit for each last cache that has the bytes.
    let caches: UInt64
    /// Who wrote them, where nobody else has touched them since.
    let writer: Int?
    /// Of the region: most entries are passed over for it alone.
    private let (start, end): (Int, Int)

    init(_ region: Region, caches: UInt64, writer: Int?) {
      (self.region, self.caches, self.writer) = (region, caches, writer)
      (start, end) = (region.start, region.end)
    }

    /// Those of other bytes with the same holders.
    func of(_ others: [Region]) -> [Entry] {
      others.map { Entry($0, caches: caches, writer: writer) }
    }

    func mayOverlap(_ bytes: Range<Int>) -> Bool {
      start < bytes.upperBound && bytes.lowerBound < end
    }
    func spans(_ bytes: Range<Int>) -> Bool { start <= bytes.lowerBound && bytes.upperBound <= end }
  }

  private let machine: MachineModel
  private let costs: CostModel
  /// By slot.
  private var entries: [Int: [Entry]] = [:]
  /// By a set of caches: the seconds a byte takes from the nearest of them to each cache.
  private var secondsPerByte: [UInt64: [Double]] = [:]
  /// A worker of each cache.
  private let delegates: [Int]
  private let cores: Int

  package init(_ machine: MachineModel, _ costs: CostModel) {
    (self.machine, self.costs) = (machine, costs)
    cores = (machine.workers.map(\.core).max() ?? 0) + 1
    delegates = machine.caches.indices.map { cache in
      machine.workers.firstIndex { $0.cache == cache } ?? 0
    }
  }

  /// What it takes to bring all that a task touches to each worker, in seconds.
  ///
  /// - Complexity: O(workers + regions in use that overlap · caches).
  package mutating func seconds(toBring places: [TaskGraph.TouchedRegion]) -> [Double] {
    var perCache = [Double](repeating: 0, count: machine.caches.count)
    /// What a core has itself, though its cache has to ask for it.
    var own = [Double](repeating: 0, count: cores)
    let coreByte = costs[.coreByte]
    for touched in places {
      let bytes = touched.region.span
      for entry in entries[touched.slot] ?? [] where entry.mayOverlap(bytes) {
        let shared = touched.region.sharedBytes(with: entry.region)
        guard shared > 0 else { continue }
        for (cache, seconds) in fromNearest(entry.caches).enumerated() {
          perCache[cache] += shared * seconds
        }
        guard let writer = entry.writer else { continue }
        perCache[machine.workers[writer].cache] += shared * coreByte
        own[machine.workers[writer].core] += shared * coreByte
      }
    }
    return machine.workers.map { perCache[$0.cache] - own[$0.core] }
  }

  package mutating func read(_ touched: TaskGraph.TouchedRegion, by worker: Int) {
    guard !touched.region.isEmpty else { return }
    let (mine, bytes) = (bit(of: worker), touched.region.span)
    let known = entries[touched.slot]?.contains {
      $0.region.rows == 1 && $0.spans(bytes) && isHeld($0, by: worker)
    }
    if known ?? false { return }
    var found = entries.removeValue(forKey: touched.slot) ?? []
    var rests: [Entry] = []
    // What nobody has touched.
    var new = [touched.region]
    for index in found.indices where found[index].mayOverlap(bytes) {
      let entry = found[index]
      let shared = touched.region.sharedBytes(with: entry.region)
      guard shared > 0 else { continue }
      new = new.flatMap { $0.outside(of: entry.region) }
      if isHeld(entry, by: worker) { continue }
      let rest = entry.region.without(touched.region)
      let isExact = rest != [entry.region]
      // Of rows, all or nothing.
      guard isExact || 2 * shared >= Double(entry.region.byteCount) else { continue }
      let common = isExact ? entry.region.common(with: touched.region) : nil
      if common != nil { rests += entry.of(rest) }
      found[index] = Entry(common ?? entry.region, caches: entry.caches | mine, writer: nil)
    }
    found += rests + new.map { Entry($0, caches: mine, writer: nil) }
    keep(found, touched.slot)
  }

  package mutating func write(_ touched: TaskGraph.TouchedRegion, by worker: Int) {
    guard !touched.region.isEmpty else { return }
    let bytes = touched.region.span
    var rests: [Entry] = []
    var found = entries.removeValue(forKey: touched.slot) ?? []
    found.removeAll { entry in
      guard entry.mayOverlap(bytes), entry.region.overlaps(touched.region) else { return false }
      rests += entry.of(entry.region.without(touched.region))
      return true
    }
    found += rests
    found.append(Entry(touched.region, caches: bit(of: worker), writer: worker))
    keep(found, touched.slot)
  }

  /// Whether a worker that reads them changes nothing: its core wrote them last, or its cache has what others have, too.
  private func isHeld(_ entry: Entry, by worker: Int) -> Bool {
    guard let writer = entry.writer else { return entry.caches & bit(of: worker) != 0 }
    return machine.workers[writer].core == machine.workers[worker].core
  }

  private mutating func keep(_ found: [Entry], _ slot: Int) {
    // A slot of very many small regions is not worth a longer look.
    entries[slot] = found.count > Self.most ? Array(found.suffix(Self.most)) : found
  }

  private static let most = 256

  private func bit(of worker: Int) -> UInt64 { Self.bit(cache: machine.workers[worker].cache) }

  /// Caches beyond the 64th share the last bit.
  private static func bit(cache: Int) -> UInt64 { 1 << UInt64(min(cache, 63)) }

  private mutating func fromNearest(_ holders: UInt64) -> [Double] {
    if let known = secondsPerByte[holders] { return known }
    let seconds = delegates.enumerated().map { cache, worker in
      delegates.enumerated().reduce(Double.infinity) { least, other in
        guard holders & Self.bit(cache: other.offset) != 0 else { return least }
        return min(least, cache == other.offset ? 0 : between(other.element, worker))
      }
    }
    secondsPerByte[holders] = seconds
    return seconds
  }

  /// A byte from one worker's cache to another's.
  private func between(_ worker: Int, _ other: Int) -> Double {
    switch machine.distance(worker, other) {
    case .sameCore, .sharedCache: 0
    case .sameNode: costs[.coreByte]
    case .samePackage: max(costs[.memorySamePackage], costs[.coreByte])
    case .apart: max(costs[.memoryApart], costs[.coreByte])
    }
  }
}

extension Region {
  /// From its first byte to its last.
  fileprivate var span: Range<Int> { start..<max(start, end) }

  /// What is left of a region without another one: exact for single runs, else all or nothing.
  fileprivate func without(_ other: Region) -> [Region] {
    if start >= other.start && end <= other.end { return [] }
    guard rows == 1, other.rows == 1, overlaps(other) else { return [self] }
    let parts = [(start, other.start), (other.end, end)].filter { $0.0 < $0.1 }
    return parts.map { Region(start: $0.0, runBytes: $0.1 - $0.0, pitch: 0, rows: 1) }
  }

  /// What is left of a region that nobody has touched where another one was: of rows, nothing.
  fileprivate func outside(of other: Region) -> [Region] {
    let rest = without(other)
    return rest == [self] && overlaps(other) ? [] : rest
  }

  /// What two single runs share, or all where the other one spans it.
  fileprivate func common(with other: Region) -> Region? {
    if start >= other.start && end <= other.end { return self }
    let (from, to) = (max(start, other.start), min(end, other.end))
    guard rows == 1, other.rows == 1, from < to else { return nil }
    return Region(start: from, runBytes: to - from, pitch: 0, rows: 1)
  }

  /// About how many bytes two regions share: exact where both are single runs.
  fileprivate func sharedBytes(with other: Region) -> Double {
    let common = Double(min(end, other.end) - max(start, other.start))
    guard common > 0, overlaps(other) else { return 0 }
    func density(_ region: Region) -> Double {
      Double(region.byteCount) / Double(region.end - region.start)
    }
    return common * min(density(self), density(other))
  }
}
