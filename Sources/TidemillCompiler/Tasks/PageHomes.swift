/// Which worker's memory each page should lie in: that of the one who writes most of it, or reads most where nobody writes.
///
/// A system gives a page to the NUMA node of the thread that touches it first. So each worker should touch its pages once,
/// before the first run.
package struct PageHomes: Hashable, Sendable {
  /// Pages beside one another that belong to one worker.
  package struct Pages: Hashable, Sendable {
    package let slot: Int
    /// Bytes from the slot's begin; the last page may be cut short by the slot's end.
    package let bytes: Range<Int>
    package let worker: Int
  }

  /// By slot and place.
  package let pages: [Pages]

  /// - Parameters:
  ///   - graph: With the homes of its tasks.
  ///   - pageBytes: A power of two.
  /// - Complexity: O(pages that tasks touch, each as often).
  package init(_ graph: TaskGraph, pageBytes: Int = 4096) {
    let shift = max(pageBytes, 1).trailingZeroBitCount
    let pieces = Pieces(graph.tasks, shift: shift)
    let written = Self.owners(graph, pieces) { $0.writes }
    let read = Self.owners(graph, pieces) { $0.reads }
    var pages: [Pages] = []
    for slot in 0..<pieces.slots {
      for (index, piece) in pieces.range(of: slot).enumerated() {
        guard let worker = written[piece] ?? read[piece] else { continue }
        let start = index << shift
        if let last = pages.last, last.slot == slot, last.worker == worker,
          last.bytes.upperBound == start
        {
          pages.removeLast()
          pages.append(
            Pages(slot: slot, bytes: last.bytes.lowerBound..<start + 1 << shift, worker: worker))
        } else {
          pages.append(Pages(slot: slot, bytes: start..<start + 1 << shift, worker: worker))
        }
      }
    }
    self.pages = pages
  }

  /// Of each page, who touches most bytes of it.
  private static func owners(
    _ graph: TaskGraph, _ pieces: Pieces, _ touched: (TaskGraph.Task) -> [TaskGraph.TouchedRegion]
  ) -> [Int?] {
    var bytes = [[(worker: Int, bytes: Double)]](repeating: [], count: pieces.count)
    for (task, home) in zip(graph.tasks, graph.homes) {
      for place in touched(task) {
        pieces.forEachSpanned(place) { piece, count in
          if let known = bytes[piece].firstIndex(where: { $0.worker == Int(home) }) {
            bytes[piece][known].bytes += count
          } else {
            bytes[piece].append((Int(home), count))
          }
        }
      }
    }
    return bytes.map { workers in workers.max { $0.bytes < $1.bytes }?.worker }
  }
}
