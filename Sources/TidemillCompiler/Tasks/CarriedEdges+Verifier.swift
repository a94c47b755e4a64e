import TidemillGraph

extension CarriedEdges {
  /// Proves that two laps of a graph give what one after the other gives.
  ///
  /// Naive: for every task of a lap and every task of the next that share a byte which one of them writes there is a
  /// path of edges; so there is from every task that writes state to every one of the next lap that may fail.
  ///
  /// - Throws: `internal-inconsistency`, naming a pair of tasks.
  /// - Complexity: O(tasks²·regions); for tests.
  package func verify(_ graph: TaskGraph) throws {
    let count = graph.tasks.count
    // The second lap's tasks are those from `count` on.
    var reached = [Set<Int>](repeating: [], count: 2 * count)
    for task in (0..<2 * count).reversed() {
      let lap = task / count * count
      var next = graph.successors(of: task - lap).map { $0 + lap }
      if lap == 0 { next += edges.filter { $0.earlier == task }.map { $0.later + count } }
      for successor in next {
        reached[task].insert(successor)
        reached[task].formUnion(reached[successor])
      }
    }
    for (earlier, first) in graph.tasks.enumerated() {
      for (later, second) in graph.tasks.enumerated() {
        let conflict =
          touch(first.writes, second.reads + second.writes) || touch(first.reads, second.writes)
        guard conflict || (first.writesState && second.mayFail) else { continue }
        guard reached[earlier].contains(later + count) else {
          throw TidemillError(
            .internalInconsistency,
            "The carried edges are broken: task \(later) of a lap does not wait for \(earlier) of the lap "
              + "before. Please report this.")
        }
      }
    }
  }

  private func touch(
    _ first: [TaskGraph.TouchedRegion], _ second: [TaskGraph.TouchedRegion]
  ) -> Bool {
    first.contains { one in
      second.contains { other in
        guard one.slot == other.slot, !one.region.isEmpty, !other.region.isEmpty else {
          return false
        }
        return (0..<one.region.rows).contains { row in
          let low = one.region.start + row * one.region.pitch
          return (0..<other.region.rows).contains { otherRow in
            let start = other.region.start + otherRow * other.region.pitch
            return low < start + other.region.runBytes && start < low + one.region.runBytes
          }
        }
      }
    }
  }
}
