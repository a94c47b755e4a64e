/// Which bytes lie in which cache of a machine that is simulated, and in the memory of which NUMA node.
///
/// Memory is looked at in pieces of equal size. A piece is in a cache if since then no more bytes were touched there than
/// the cache has: as if the least recently used one went first. What a running task touches is there for others that share
/// its cache, from its begin to its end: they go through it together. A write takes a piece out of all other caches.
struct Residency {
  private let machine: MachineModel
  private let pieces: Pieces
  private let cacheBytes: [Double]
  private let l2: Double
  /// The node of each piece.
  private var nodes: [UInt8]
  /// By last cache and piece.
  private var visits: [Visit]
  /// Who wrote a piece last, if nobody else has touched it there since.
  private var writers: [UInt16]
  private var cacheClocks: [Double]
  private var workerClocks: [Double]
  /// By worker: its cache's time when its task began; nothing between tasks.
  private var begins: [UInt32?]

  /// The last time that a piece was touched through a cache.
  private struct Visit {
    /// In lines that the cache had touched by then; 0 is never.
    var cacheTime: UInt32 = 0
    /// Likewise of the worker.
    var workerTime: UInt32 = 0
    var worker = nobody
  }

  private static let nobody = UInt16.max
  private static let untouched = UInt8.max
  private static let line = 64.0

  /// Fine enough for the columns that tiles touch of a row; 400 MiB for large steps and many caches.
  static func mostPieces(_ machine: MachineModel) -> Int {
    (1 << 25) / max(machine.caches.count, 16)
  }

  /// - Parameter graph: Whose tasks will touch bytes.
  init(_ graph: TaskGraph, _ machine: MachineModel) {
    self.machine = machine
    pieces = Pieces(graph.tasks, atMost: Self.mostPieces(machine))
    cacheBytes = machine.caches
    l2 = machine.l2
    nodes = Array(repeating: Self.untouched, count: pieces.count)
    visits = Array(repeating: Visit(), count: machine.caches.count * pieces.count)
    writers = Array(repeating: Self.nobody, count: pieces.count)
    cacheClocks = Array(repeating: Self.line, count: machine.caches.count)
    workerClocks = Array(repeating: Self.line, count: machine.workers.count)
    begins = Array(repeating: nil, count: machine.workers.count)
  }

  /// Says that a worker's task has ended.
  mutating func end(on worker: Int) { begins[worker] = nil }

  /// Puts pages in the memory of nodes.
  mutating func place(_ placement: PagePlacement) {
    nodes = pieces.nodes(of: placement).map { $0.map(UInt8.init) ?? Self.untouched }
  }

  /// Moves what a task touches to a worker.
  ///
  /// - Returns: From where, and how many bytes come from another NUMA node or go there.
  mutating func run(_ task: TaskGraph.Task, worker: Int) -> (traffic: TaskTraffic, crossing: Double)
  {
    let uses = Self.uses(task)
    let total = uses.reduce(0.0) { $0 + Double($1.place.region.byteCount) }
    var traffic = TaskTraffic()
    var crossing = 0.0
    for use in uses {
      crossing +=
        use.isOperand
        ? fetch(use, worker, total, &traffic.operands) : fetch(use, worker, total, &traffic.others)
    }
    begins[worker] = Self.lines(cacheClocks[machine.workers[worker].cache])
    for use in uses { visit(use, worker, total) }
    workerClocks[worker] += total
    cacheClocks[machine.workers[worker].cache] += total
    return (traffic, crossing)
  }

  /// A place that a task touches.
  private struct Use {
    let place: TaskGraph.TouchedRegion
    let isOperand: Bool
    var isRead = false
    var isWritten = false

    /// Bytes that move for each one.
    var transfers: Double { isWritten ? 2 : 1 }
  }

  private static func uses(_ task: TaskGraph.Task) -> [Use] {
    let operands = task.work.kind == .product ? 2 : 0
    var uses = task.reads.enumerated().map {
      Use(place: $1, isOperand: $0 < operands, isRead: true)
    }
    for place in task.writes {
      if let read = uses.firstIndex(where: { $0.place == place }) {
        uses[read].isWritten = true
      } else {
        uses.append(Use(place: place, isOperand: false, isWritten: true))
      }
    }
    return uses
  }

  /// - Parameter total: Bytes of all places, through which the task goes side by side.
  private func fetch(
    _ use: Use, _ worker: Int, _ total: Double, _ traffic: inout Traffic
  ) -> Double {
    let me = machine.workers[worker]
    let (mine, ours) = (workerClocks[worker], cacheClocks[me.cache])
    let capacity = cacheBytes[me.cache]
    let pace = total / max(Double(use.place.region.byteCount), 1)
    var crossing = 0.0
    pieces.forEach(use.place) { piece, bytes, before in
      let moved = bytes * use.transfers
      if use.isWritten, Int(nodes[piece]) != me.node { crossing += bytes }
      let visit = visits[me.cache * pieces.count + piece]
      let at = before * pace
      let isHere =
        visit.cacheTime > 0
        && (ours + at - Double(visit.cacheTime) * Self.line <= capacity || isInUse(visit))
      if isHere {
        let isMine = Int(visit.worker) == worker
        if isMine, mine + at - Double(visit.workerTime) * Self.line <= l2 {
          traffic.l2 += moved
        } else if !isMine, writers[piece] == visit.worker, isNear(visit) {
          traffic.cores += bytes
        } else {
          traffic.l3 += moved
        }
        return
      }
      crossing += fetchFromAfar(piece, bytes, moved, me, &traffic)
    }
    return crossing
  }

  /// Whether the worker that touched a piece last still has it in its own cache, and not in the one that it shares.
  private func isNear(_ visit: Visit) -> Bool {
    let age = workerClocks[Int(visit.worker)] - Double(visit.workerTime) * Self.line
    return age <= l2 || isInUse(visit)
  }

  /// Whether the task that touched a piece last is still running.
  private func isInUse(_ visit: Visit) -> Bool {
    guard let begin = begins[Int(visit.worker)] else { return false }
    return visit.cacheTime >= begin
  }

  /// From the cache of whoever wrote a piece, or from the memory where it lives.
  private func fetchFromAfar(
    _ piece: Int, _ bytes: Double, _ moved: Double, _ me: MachineModel.Worker,
    _ traffic: inout Traffic
  ) -> Double {
    if writers[piece] != Self.nobody {
      let writer = machine.workers[Int(writers[piece])]
      let visit = visits[writer.cache * pieces.count + piece]
      let age = cacheClocks[writer.cache] - Double(visit.cacheTime) * Self.line
      if writer.cache != me.cache, age <= cacheBytes[writer.cache] {
        traffic.cores += bytes
        return writer.node == me.node ? 0 : bytes
      }
    }
    let node = Int(nodes[piece])
    if node == me.node || nodes[piece] == Self.untouched {
      traffic.memory += moved
      return 0
    }
    if machine.workers.contains(where: { $0.node == node && $0.package == me.package }) {
      traffic.samePackage += moved
    } else {
      traffic.apart += moved
    }
    return bytes
  }

  private mutating func visit(_ use: Use, _ worker: Int, _ total: Double) {
    let cache = machine.workers[worker].cache
    let (mine, ours) = (workerClocks[worker], cacheClocks[cache])
    let me = UInt16(truncatingIfNeeded: worker)
    let count = pieces.count
    let pace = total / max(Double(use.place.region.byteCount), 1)
    pieces.forEach(use.place) { piece, _, before in
      let at = before * pace
      visits[cache * count + piece] = Visit(
        cacheTime: Self.lines(ours + at), workerTime: Self.lines(mine + at), worker: me)
      if use.isWritten {
        writers[piece] = me
        for other in cacheBytes.indices where other != cache {
          visits[other * count + piece].cacheTime = 0
        }
      } else if writers[piece] != me {
        writers[piece] = Self.nobody
      }
    }
  }

  private static func lines(_ bytes: Double) -> UInt32 {
    UInt32(truncatingIfNeeded: Int(bytes / line))
  }
}
