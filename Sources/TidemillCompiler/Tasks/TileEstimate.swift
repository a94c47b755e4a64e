import TidemillGraph

/// What calls and tiles are expected to take, and so how many tiles a call is worth.
struct TileEstimate {
  let costs: CostModel
  let machine: MachineModel
  /// Bytes that a run touches.
  let footprint: Int
  /// Seconds that a tile should take.
  let grain: Double

  /// A tile, by its work and the bytes that it touches, which lie where a footprint of this size finds room.
  func seconds(_ work: Work, reads: [View], writes: [View]) -> Double {
    let operands = work.kind == .product ? 2 : 0
    var traffic = TaskTraffic()
    traffic.operands = self.traffic(Self.bytes(reads.prefix(operands)))
    // What is written is fetched before; in the place of an operand, it is there.
    let others = reads.dropFirst(operands)
    let elsewhere = writes.filter { !others.contains($0) }
    traffic.others = self.traffic(
      Self.bytes(others) + Self.bytes(writes[...]) + Self.bytes(elsewhere[...]))
    return costs.seconds(work, traffic)
  }

  private static func bytes(_ views: ArraySlice<View>) -> Double {
    views.reduce(0) { $0 + Double($1.distinctBytes) }
  }

  private func traffic(_ bytes: Double) -> Traffic {
    let workers = Double(machine.workers.count)
    return Traffic(
      bytes: bytes, footprint: Double(footprint) / workers, l2: machine.l2,
      l3: machine.caches.reduce(0, +) / workers)
  }

  /// As many as the workers, but no more than are worth it.
  func tiles(of call: any KernelCall) -> [Tile] {
    let whole = call.tiles(atMost: 1)
    guard machine.workers.count > 1, let tile = whole.first else { return whole }
    let seconds = seconds(call.work(of: tile), reads: call.reads, writes: call.writes)
    return call.tiles(atMost: Int(min(seconds / grain + 1, Double(machine.workers.count))))
  }

  /// What a tile should take: well over what it takes to hand it to another core. Where calls that run side by side keep
  /// all workers busy, cutting them finer gains nothing, and moves bytes from one core to another.
  static func grain(_ program: Program, _ predecessors: [[Int]], workers: Int) -> Double {
    program.parallelism(predecessors) < Double(workers) ? 2e-6 : 10e-6
  }
}
