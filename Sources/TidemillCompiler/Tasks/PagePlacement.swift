/// In which NUMA node's memory each page should lie: that of the workers whose tasks touch most bytes of it.
///
/// A system gives a page to the node of the thread that touches it first. So a worker of that node should touch it before
/// anybody else does. Offsets are those of the memory plan: an arena of a node is those pages of the arena that lie there.
package struct PagePlacement: Hashable, Sendable {
  /// Pages beside one another that belong to one node.
  package struct Pages: Hashable, Sendable {
    package let slot: Int
    /// Bytes from the slot's begin, in whole pages: the last one may go beyond the slot's end.
    package let bytes: Range<Int>
    package let node: Int

    package init(slot: Int, bytes: Range<Int>, node: Int) {
      (self.slot, self.bytes, self.node) = (slot, bytes, node)
    }
  }

  /// By slot and place; pages that no task touches are left out.
  package let pages: [Pages]
  package let pageBytes: Int

  package init(pages: [Pages], pageBytes: Int) {
    (self.pages, self.pageBytes) = (pages, pageBytes)
  }

  /// - Parameters:
  ///   - graph: With the homes of its tasks.
  ///   - nodes: Of each worker. Where there are fewer workers than homes, they take turns, as in a run.
  ///   - pageBytes: A power of two.
  /// - Complexity: O(pages that tasks touch, each as often), and a number for each page and node.
  package init(_ graph: TaskGraph, nodes: [Int], pageBytes: Int = 4096) {
    let pieces = Pieces(graph.tasks, shift: max(pageBytes, 1).trailingZeroBitCount)
    let all = Set(nodes).sorted()
    let ranks = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    var bytes = [Double](repeating: 0, count: pieces.count * all.count)
    for (task, home) in zip(graph.tasks, graph.homes) {
      let rank = ranks[nodes[Int(home) % nodes.count]] ?? 0
      for place in task.reads + task.writes {
        pieces.forEach(place) { piece, count, _ in bytes[piece * all.count + rank] += count }
      }
    }
    var pages: [Pages] = []
    for slot in 0..<pieces.slots {
      for (index, piece) in pieces.range(of: slot).enumerated() {
        var best = (rank: 0, bytes: 0.0)
        for rank in all.indices where bytes[piece * all.count + rank] > best.bytes {
          best = (rank, bytes[piece * all.count + rank])
        }
        guard best.bytes > 0 else { continue }
        let (node, start) = (all[best.rank], index * pageBytes)
        var first = start
        if let last = pages.last, last.slot == slot, last.node == node,
          last.bytes.upperBound == start
        {
          first = last.bytes.lowerBound
          pages.removeLast()
        }
        pages.append(Pages(slot: slot, bytes: first..<start + pageBytes, node: node))
      }
    }
    self.init(pages: pages, pageBytes: pageBytes)
  }

  /// For the workers of a machine.
  package init(_ graph: TaskGraph, _ machine: MachineModel, pageBytes: Int = 4096) {
    self.init(graph, nodes: machine.workers.map(\.node), pageBytes: pageBytes)
  }
}
