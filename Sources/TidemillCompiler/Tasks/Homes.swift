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
  /// When the last task ends.
  private(set) var end = 0.0
  private let machine: MachineModel
  private let costs: CostModel
  private var located = Locations()

  /// - Parameters:
  ///   - tasks: In a topological order, the urgent ones first.
  ///   - predecessors: Of each task, as positions in `tasks`.
  ///   - blocks: Each call's tiles in even blocks, a worker a block. Where these take no longer, and fewer edges lead from
  ///     one worker to another, they are taken: neighbours are each other's predecessors as a rule, and where tasks
  ///     take less than their hand-over, scheduling one after the other does not see that.
  /// - Complexity: O(workers·(tasks + edges) + tasks·regions that are in use).
  init(
    _ tasks: [TaskGraph.Task], predecessors: [[Int]], blocks: [UInt32], machine: MachineModel,
    costs: CostModel
  ) {
    workers = Array(repeating: 0, count: tasks.count)
    (self.machine, self.costs) = (machine, costs)
    let count = machine.workers.count
    end = place(tasks, predecessors, among: count)
    guard Self.crossings(predecessors, blocks) < Self.crossings(predecessors, workers) else {
      return
    }
    let scheduled = workers
    let endOfBlocks = place(tasks, predecessors, among: count, fixed: blocks)
    if endOfBlocks > Self.sameEnd * end { workers = scheduled } else { end = endOfBlocks }
  }

  /// What a plan may take longer, as models are no better.
  private static let sameEnd = 1.02

  /// Edges from one worker to another.
  private static func crossings(_ predecessors: [[Int]], _ workers: [UInt32]) -> Int {
    predecessors.enumerated().reduce(0) { sum, task in
      sum + task.element.count { workers[$0] != workers[task.offset] }
    }
  }

  /// Places all tasks twice: the second time bytes lie where the first left them.
  ///
  /// - Parameter fixed: Where they go in any case.
  /// - Returns: When the last one ends.
  private mutating func place(
    _ tasks: [TaskGraph.Task], _ predecessors: [[Int]], among count: Int, fixed: [UInt32]? = nil
  ) -> Double {
    located = Locations()
    _ = placeOnce(tasks, predecessors, count, fixed)
    return placeOnce(tasks, predecessors, count, fixed)
  }

  private mutating func placeOnce(
    _ tasks: [TaskGraph.Task], _ predecessors: [[Int]], _ count: Int, _ fixed: [UInt32]?
  ) -> Double {
    var free = [Double](repeating: 0, count: count)
    var end = [Double](repeating: 0, count: tasks.count)
    for (index, task) in tasks.enumerated() {
      let bytes = located.bytes(of: task, workers: count)
      var best = (worker: 0, end: Double.infinity)
      for worker in fixed.map({ Int($0[index])..<Int($0[index]) + 1 }) ?? 0..<count {
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
    return free.max() ?? 0
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
