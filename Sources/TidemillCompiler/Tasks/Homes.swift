import TidemillGraph

/// Which worker each task is planned for: list scheduling by earliest end, where bytes that another worker touched last
/// take time to come over, more of it from farther away.
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
  private let count: Int
  private var located: Locations
  /// By two workers.
  private let distances: [WorkerDistance]
  /// By distance.
  private let handOvers: [Double]

  /// - Parameters:
  ///   - tasks: In a topological order, the urgent ones first.
  ///   - predecessors: Of each task, as positions in `tasks`.
  ///   - alone: Whether the first worker runs all of them.
  /// - Complexity: O(tasks·(workers + predecessors·caches) + pieces that tasks touch).
  init(
    _ tasks: [TaskGraph.Task], predecessors: [[Int]], machine: MachineModel, costs: CostModel,
    alone: Bool
  ) {
    workers = Array(repeating: 0, count: tasks.count)
    (self.machine, self.costs, count) = (machine, costs, machine.workers.count)
    handOvers = WorkerDistance.allCases.map(costs.handOver)
    guard !alone, count > 1 else {
      (located, distances) = (Locations([]), [])
      return
    }
    located = Locations(tasks)
    let count = count
    distances = (0..<count * count).map { machine.distance($0 / count, $0 % count) }
    // The second time bytes lie where the first left them.
    for _ in 0..<2 { place(tasks, predecessors) }
  }

  private mutating func place(_ tasks: [TaskGraph.Task], _ predecessors: [[Int]]) {
    var free = [Double](repeating: 0, count: count)
    var end = [Double](repeating: 0, count: tasks.count)
    for (index, task) in tasks.enumerated() {
      let bytes = located.bytes(of: task, workers: count)
      // The last predecessor of each worker is the one that counts.
      var last: [Int: Double] = [:]
      for predecessor in predecessors[index] {
        last[Int(workers[predecessor]), default: 0] = max(
          last[Int(workers[predecessor])] ?? 0, end[predecessor])
      }
      var best = (worker: 0, end: Double.infinity)
      for worker in candidates(free, last, bytes) {
        let start = last.reduce(free[worker]) {
          max($0, $1.value + handOvers[distance($1.key, worker).rawValue])
        }
        let finish =
          start + task.seconds / machine.workers[worker].speed + moving(bytes, to: worker)
        if finish < best.end { best = (worker, finish) }
      }
      workers[index] = UInt32(best.worker)
      (free[best.worker], end[index]) = (best.end, best.end)
      located.move(task, to: best.worker)
    }
  }

  private func distance(_ first: Int, _ second: Int) -> WorkerDistance {
    distances[first * count + second]
  }

  /// Workers that may be the best: all of a few; of many, who is free first at each cache, and who has something.
  private func candidates(
    _ free: [Double], _ last: [Int: Double], _ bytes: [Int: Double]
  ) -> [Int] {
    guard count > Self.few else { return Array(0..<count) }
    var first = [Int?](repeating: nil, count: machine.caches.count)
    for worker in 0..<count {
      let cache = machine.workers[worker].cache
      if let other = first[cache], free[other] <= free[worker] { continue }
      first[cache] = worker
    }
    return Set(first.compactMap(\.self)).union(last.keys).union(bytes.keys).sorted()
  }

  private static let few = 8

  /// What it takes to bring bytes to a worker.
  private func moving(_ bytes: [Int: Double], to worker: Int) -> Double {
    bytes.reduce(0) { sum, place in
      let perByte =
        switch distance(place.key, worker) {
        case .sameCore: 0.0
        // More than a core's own cache holds is not there any more.
        case .sharedCache: place.value <= machine.l2 ? costs[.coreByte] : costs[.streamL3]
        case .sameNode: costs[.coreByte]
        case .samePackage: max(costs[.memorySamePackage], costs[.coreByte])
        case .apart: max(costs[.memoryApart], costs[.coreByte])
        }
      return sum + place.value * perByte
    }
  }
}

/// By whom bytes were touched last, as far as anyone touched them.
private struct Locations {
  private let pieces: Pieces
  private var owners: [UInt16]

  private static let nobody = UInt16.max
  private static let most = 1 << 15

  init(_ tasks: [TaskGraph.Task]) {
    pieces = Pieces(tasks, atMost: Self.most)
    owners = Array(repeating: Self.nobody, count: pieces.count)
  }

  /// How many bytes of what a task touches lie at each worker.
  func bytes(of task: TaskGraph.Task, workers: Int) -> [Int: Double] {
    var sums = [Double](repeating: 0, count: workers)
    for place in task.reads + task.writes {
      pieces.forEachSpanned(place) { piece, bytes in
        if owners[piece] != Self.nobody { sums[Int(owners[piece])] += bytes }
      }
    }
    return sums.enumerated().reduce(into: [:]) { if $1.element > 0 { $0[$1.offset] = $1.element } }
  }

  mutating func move(_ task: TaskGraph.Task, to worker: Int) {
    for place in task.reads + task.writes {
      pieces.forEachSpanned(place) { piece, _ in owners[piece] = UInt16(truncatingIfNeeded: worker)
      }
    }
  }
}
