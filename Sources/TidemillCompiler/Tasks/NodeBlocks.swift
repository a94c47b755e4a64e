import TidemillGraph

/// Homes that follow the memory: each call's tiles in even blocks, a NUMA node a block.
///
/// Tiles are numbered by rows and, within them, by columns. So a node has the same samples in all calls of a network, and what
/// lies between layers stays there. In a node the tiles of some columns go to one cache: each cache then fetches its own part of
/// the weights, and no other.
struct NodeBlocks {
  /// The worker of each task.
  let workers: [UInt32]

  /// - Parameter tasks: Those of a call one after the other, by rows and columns.
  init(_ tasks: [TaskGraph.Task], _ calls: [TaskGraph.Call], _ machine: MachineModel) {
    let seats = machine.workers.indices.sorted {
      let (one, other) = (machine.workers[$0], machine.workers[$1])
      return (one.node, one.cache, $0) < (other.node, other.cache, $1)
    }
    var workers = [UInt32](repeating: 0, count: tasks.count)
    var first = 0
    while first < tasks.count {
      let call = tasks[first].call
      let end = tasks[first...].firstIndex { $0.call != call } ?? tasks.count
      let mine = (first..<end).map { seats[($0 - first) * seats.count / (end - first)] }
      let columns = Self.columns(tasks[first..<end])
      var from = first
      while from < end {
        let node = machine.workers[mine[from - first]].node
        let to =
          (from..<end).first { machine.workers[mine[$0 - first]].node != node } ?? end
        let order = (from..<to).sorted { (columns[$0 - first], $0) < (columns[$1 - first], $1) }
        for (task, place) in zip(order, from..<to) { workers[task] = UInt32(mine[place - first]) }
        from = to
      }
      first = end
    }
    self.workers = workers
  }

  /// Where each tile begins in the rows that its call writes, from the first tile on; 0 for whole rows.
  private static func columns(_ tasks: ArraySlice<TaskGraph.Task>) -> [Int] {
    let regions = tasks.map { $0.writes.first?.region }
    let start = regions.compactMap { $0?.start }.min() ?? 0
    return regions.map { region in
      guard let region, region.rows > 1, region.pitch > 0 else { return 0 }
      return (region.start - start) % region.pitch
    }
  }
}

extension NodeBlocks {
  /// Where the workers are on several nodes, these homes in place of others that take no less where bytes are for nothing, and
  /// move more of them between nodes.
  ///
  /// What crosses between nodes shares a link, which the cost model does not know.
  ///
  /// - Parameters:
  ///   - graph: With the other homes.
  ///   - order: Of its tasks, as places in the order by calls and tiles.
  static func better(
    than graph: TaskGraph, order: [Int], _ predecessors: [[Int]], _ machine: MachineModel,
    _ costs: CostModel
  ) -> [UInt32]? {
    guard machine.spansNodes else { return nil }
    let place = order.inverse
    let blocks = NodeBlocks(place.map { graph.tasks[$0] }, graph.calls, machine).workers
    let mine = order.map { blocks[$0] }
    /// No byte takes time here.
    func end(_ homes: [UInt32]) -> Double {
      var holders: ByteHolders?
      return ListSchedule(
        graph.tasks, predecessors, machine, costs, fixed: homes, holders: &holders
      ).end
    }
    guard end(mine) <= Self.sameEnd * end(graph.homes) else { return nil }
    func crossing(_ homes: [UInt32]) -> Double {
      LeastRemoteBytes(graph.with(homes: homes), machine, pieces: Self.pieces).total
    }
    return crossing(mine) < crossing(graph.homes) ? mine : nil
  }

  /// What a plan may take longer.
  private static let sameEnd = 1.1
  /// As many tell which homes move less, not how much it is.
  private static let pieces = 1 << 16
}
