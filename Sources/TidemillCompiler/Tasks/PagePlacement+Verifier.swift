import TidemillGraph

extension PagePlacement {
  /// Proves that every page that a task touches lies in one node, whose workers touch no fewer bytes of it than those of any
  /// other node, and that no other page is placed.
  ///
  /// Naive: every run of every region is counted, page by page.
  ///
  /// - Parameter nodes: Of each worker.
  /// - Throws: `internal-inconsistency`, naming a page.
  /// - Complexity: O(bytes that tasks touch / 64), in dictionaries; for tests.
  package func verify(_ graph: TaskGraph, nodes: [Int]) throws {
    var touched: [Page: [Int: Int]] = [:]
    for (index, task) in graph.tasks.enumerated() {
      let node = nodes[Int(graph.homes[index]) % nodes.count]
      for place in task.reads + task.writes {
        for row in 0..<place.region.rows {
          let start = place.region.start + row * place.region.pitch
          var (number, left) = (start / pageBytes, place.region.runBytes)
          var room = (number + 1) * pageBytes - start
          while left > 0 {
            touched[Page(slot: place.slot, number: number), default: [:]][node, default: 0] +=
              min(left, room)
            (number, left, room) = (number + 1, left - min(left, room), pageBytes)
          }
        }
      }
    }
    for pages in pages {
      guard pages.bytes.lowerBound % pageBytes == 0, pages.bytes.upperBound % pageBytes == 0 else {
        throw broken(pages.slot, pages.bytes.lowerBound, "is cut")
      }
      for number in pages.bytes.lowerBound / pageBytes..<pages.bytes.upperBound / pageBytes {
        let start = number * pageBytes
        guard let counts = touched.removeValue(forKey: Page(slot: pages.slot, number: number))
        else { throw broken(pages.slot, start, "is placed twice, or no task touches it") }
        guard let most = counts.values.max(), counts[pages.node] == most else {
          throw broken(pages.slot, start, "lies in node \(pages.node), which touches less of it")
        }
      }
    }
    if let left = touched.keys.first {
      throw broken(left.slot, left.number * pageBytes, "is touched, but placed nowhere")
    }
  }

  private struct Page: Hashable {
    let slot: Int
    let number: Int
  }

  private func broken(_ slot: Int, _ start: Int, _ what: String) -> TidemillError {
    TidemillError(
      .internalInconsistency,
      "The placement of pages is broken: the page at \(start) of slot \(slot) \(what). Please report "
        + "this.")
  }
}
