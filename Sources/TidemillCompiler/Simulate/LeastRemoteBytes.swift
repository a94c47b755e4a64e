/// The fewest bytes that cross between NUMA nodes in a step, where pages lie as they are placed and each task runs where it is
/// planned, in whatever order its edges allow.
///
/// Caches forget nothing here. A byte that is written and lives in another node crosses. A byte that a task touches crosses
/// once to the last cache of the task's worker, and again after an operation has written it, unless it lives in the worker's
/// node or was written there: any cache of the node may have it. How often that is follows from who reads what between two
/// writes, which edges keep apart, and not from the order.
///
/// Memory is looked at in pieces of equal size; what is touched of one is counted at the first touch.
package struct LeastRemoteBytes {
  /// By task, those of whoever comes first in the order of the graph.
  package private(set) var byTask: [Double]
  package var total: Double { byTask.reduce(0, +) }

  /// - Parameter most: About how many pieces, at most.
  /// - Complexity: O(pieces that tasks touch, each as often); four bytes for each piece and cache.
  package init(_ graph: TaskGraph, _ machine: MachineModel, pieces most: Int) {
    byTask = Array(repeating: 0, count: graph.tasks.count)
    guard machine.spansNodes, !graph.runsOnCaller else { return }
    let pieces = Pieces(graph.tasks, atMost: most)
    let homes = pieces.nodes(of: PagePlacement(graph, machine))
    let count = pieces.count
    // A piece has had so many contents; which of them a cache has, and which a node's workers have written.
    var contents = [UInt32](repeating: 1, count: count)
    var writers = [UInt32](repeating: 0, count: count)
    var seen = [UInt32](repeating: 0, count: count * machine.caches.count)
    let nodes = (machine.workers.map(\.node).max() ?? 0) + 1
    var written = [UInt32](repeating: 0, count: count * nodes)
    // A step follows a step: the second begins where the first left everything.
    for round in 0..<2 {
      for (index, task) in graph.tasks.enumerated() {
        let me = machine.workers[Int(graph.homes[index]) % machine.workers.count]
        let writer = UInt32(round * graph.calls.count + task.call + 1)
        var crossing = 0.0
        for place in task.touched {
          pieces.forEach(place) { piece, bytes, _ in
            let now = contents[piece]
            if seen[me.cache * count + piece] == now { return }
            seen[me.cache * count + piece] = now
            let isHere = homes[piece].map { $0 == me.node } ?? true
            if !isHere && written[me.node * count + piece] != now { crossing += bytes }
          }
        }
        for place in task.writes {
          pieces.forEach(place) { piece, bytes, _ in
            if let home = homes[piece], home != me.node { crossing += bytes }
            // Tiles of a call write beside one another.
            if writers[piece] != writer {
              writers[piece] = writer
              contents[piece] += 1
            }
            seen[me.cache * count + piece] = contents[piece]
            written[me.node * count + piece] = contents[piece]
          }
        }
        byTask[index] = crossing
      }
    }
  }
}

extension Pieces {
  /// The node that each piece lies in; `nil` where no task touches its page.
  func nodes(of placement: PagePlacement) -> [Int?] {
    var nodes = [Int?](repeating: nil, count: count)
    for pages in placement.pages {
      let all = range(of: pages.slot)
      let first = all.lowerBound + pages.bytes.lowerBound >> shift
      let end = all.lowerBound + (pages.bytes.upperBound - 1) >> shift + 1
      for piece in first..<min(end, all.upperBound) { nodes[piece] = pages.node }
    }
    return nodes
  }
}
