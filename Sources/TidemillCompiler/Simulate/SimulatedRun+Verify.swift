import TidemillGraph

extension SimulatedRun {
  /// Proves that a real machine could have run like this: every task once, after its predecessors, one at a time on a worker,
  /// and nobody ends after the run does.
  ///
  /// Naive: every pair of tasks of a worker is compared.
  ///
  /// - Throws: `internal-inconsistency`, naming tasks.
  /// - Complexity: O(tasks² + edges); for tests.
  package func verify(_ graph: TaskGraph) throws {
    var entry = [Entry?](repeating: nil, count: graph.tasks.count)
    for found in entries {
      guard entry.indices.contains(found.task), entry[found.task] == nil else {
        throw broken("task \(found.task) runs twice, or is not there")
      }
      guard (0..<workers).contains(found.worker) else {
        throw broken("task \(found.task) is on worker \(found.worker) of \(workers)")
      }
      guard found.start >= 0, found.end >= found.start, found.end <= makespan else {
        throw broken("task \(found.task) runs from \(found.start) to \(found.end) of \(makespan)")
      }
      entry[found.task] = found
    }
    if let missing = entry.firstIndex(where: { $0 == nil }) {
      throw broken("task \(missing) does not run")
    }
    for (task, mine) in entry.enumerated() {
      guard let mine else { continue }
      for edge in graph.successorStarts[task]..<graph.successorStarts[task + 1] {
        let successor = Int(graph.successors[Int(edge)])
        guard let later = entry[successor], later.start >= mine.end else {
          throw broken("task \(successor) starts before \(task) has ended")
        }
      }
    }
    for list in Dictionary(grouping: entries, by: \.worker).values {
      for (index, one) in list.enumerated() {
        for other in list.dropFirst(index + 1) where one.start < other.end && other.start < one.end
        {
          throw broken("tasks \(one.task) and \(other.task) overlap on worker \(one.worker)")
        }
      }
    }
  }

  private func broken(_ what: String) -> TidemillError {
    TidemillError(
      .internalInconsistency, "The simulated run is broken: \(what). Please report this.")
  }
}
