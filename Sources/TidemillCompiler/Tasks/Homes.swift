import TidemillGraph

/// Which worker each task is planned for: list scheduling by earliest end, where bytes that another worker touched last
/// take time to come over.
///
/// A plan, not a promise: who runs dry takes tasks of others. Steps follow one another, so the bytes begin where the
/// step before left them: parameters and their updates stay with one worker.
///
/// **Source**: Topcuoglu, Hariri, Wu: Performance-effective and low-complexity task scheduling for heterogeneous
/// computing (HEFT), 2002.
struct Homes {
  /// By task.
  private(set) var workers: [UInt32]
  private let machine: MachineModel
  private let costs: CostModel
  private var located = Locations()

  /// - Parameters:
  ///   - tasks: In a topological order, the urgent ones first.
  ///   - predecessors: Of each task, as positions in `tasks`.
  ///   - alone: Whether the first worker runs all of them.
  /// - Complexity: O(workers·(tasks + edges) + tasks·regions that are in use).
  init(
    _ tasks: [TaskGraph.Task], predecessors: [[Int]], machine: MachineModel, costs: CostModel,
    alone: Bool
  ) {
    workers = Array(repeating: 0, count: tasks.count)
    (self.machine, self.costs) = (machine, costs)
    let count = alone ? 1 : machine.workers.count
    guard count > 1 else { return }
    // The second time bytes lie where the first left them.
    for _ in 0..<2 { place(tasks, predecessors, count) }
  }

  private mutating func place(_ tasks: [TaskGraph.Task], _ predecessors: [[Int]], _ count: Int) {
    var free = [Double](repeating: 0, count: count)
    var end = [Double](repeating: 0, count: tasks.count)
    for (index, task) in tasks.enumerated() {
      let bytes = located.bytes(of: task, workers: count)
      var best = (worker: 0, end: Double.infinity)
      for worker in 0..<count {
        var start = free[worker]
        for predecessor in predecessors[index] {
          let distance = machine.distance(Int(workers[predecessor]), worker)
          start = max(start, end[predecessor] + costs.handOver(distance))
        }
        let finish =
          start + task.seconds / machine.workers[worker].speed + moving(bytes, to: worker)
        if finish < best.end { best = (worker, finish) }
      }
      workers[index] = UInt32(best.worker)
      (free[best.worker], end[index]) = (best.end, best.end)
      located.move(task.reads + task.writes, to: best.worker)
    }
  }

  /// What it takes to bring bytes to a worker.
  private func moving(_ bytes: [Double], to worker: Int) -> Double {
    bytes.enumerated().reduce(0) { sum, place in
      let perByte =
        switch machine.distance(place.offset, worker) {
        case .sameCore: 0.0
        case .sharedCache, .sameNode: costs[.coreByte]
        case .samePackage: max(costs[.memorySamePackage], costs[.coreByte])
        case .apart: max(costs[.memoryApart], costs[.coreByte])
        }
      return sum + place.element * perByte
    }
  }
}

/// Where bytes were touched last, as far as anyone touched them.
private struct Locations {
  private struct Entry {
    let region: Region
    let worker: Int
  }

  private var entries: [Int: [Entry]] = [:]

  /// How many bytes of what a task touches lie at each worker.
  func bytes(of task: TaskGraph.Task, workers: Int) -> [Double] {
    var bytes = [Double](repeating: 0, count: workers)
    for touched in task.reads + task.writes {
      for entry in entries[touched.slot] ?? [] {
        bytes[entry.worker] += touched.region.sharedBytes(with: entry.region)
      }
    }
    return bytes
  }

  mutating func move(_ touched: [TaskGraph.TouchedRegion], to worker: Int) {
    for place in touched where !place.region.isEmpty {
      var rests: [Entry] = []
      var kept = entries.removeValue(forKey: place.slot) ?? []
      kept.removeAll { entry in
        guard entry.region.overlaps(place.region) else { return false }
        rests += entry.region.without(place.region).map { Entry(region: $0, worker: entry.worker) }
        return true
      }
      kept += rests
      kept.append(Entry(region: place.region, worker: worker))
      // A slot of very many small regions is not worth a longer look.
      if kept.count > Self.most { kept.removeFirst(kept.count - Self.most) }
      entries[place.slot] = kept
    }
  }

  private static let most = 256
}

extension Region {
  /// What is left of a region where another one was moved away: exact for single runs, else all or nothing.
  fileprivate func without(_ other: Region) -> [Region] {
    if start >= other.start && end <= other.end { return [] }
    guard rows == 1, other.rows == 1, overlaps(other) else { return [self] }
    let parts = [(start, other.start), (other.end, end)].filter { $0.0 < $0.1 }
    return parts.map { Region(start: $0.0, runBytes: $0.1 - $0.0, pitch: 0, rows: 1) }
  }

  /// About how many bytes two regions share: exact where both are single runs.
  fileprivate func sharedBytes(with other: Region) -> Double {
    let common = Double(min(end, other.end) - max(start, other.start))
    guard common > 0, overlaps(other) else { return 0 }
    func density(_ region: Region) -> Double {
      Double(region.runBytes * region.rows) / Double(region.end - region.start)
    }
    return common * min(density(self), density(other))
  }
}
