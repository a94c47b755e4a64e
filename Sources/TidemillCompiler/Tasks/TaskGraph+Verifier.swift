import TidemillGraph

extension TaskGraph {
  /// Proves that any order the edges allow gives what the plan's order gives.
  ///
  /// Naive: for every pair of tasks of different calls that share a byte which one of them writes, there
  /// is a path of edges; so there is from every task that may fail to every task that writes state.
  /// Tasks of one call write disjoint bytes and do not read what another of them writes.
  ///
  /// - Throws: `internal-inconsistency`, naming a pair of tasks.
  /// - Complexity: O(tasks²·regions); for tests.
  package func verify() throws {
    var reached = [Set<Int>](repeating: [], count: tasks.count)
    var incoming = [UInt32](repeating: 0, count: tasks.count)
    for task in tasks.indices.reversed() {
      for edge in successorStarts[task]..<successorStarts[task + 1] {
        let successor = Int(successors[Int(edge)])
        guard successor > task else {
          throw broken(task, successor, "are not in topological order")
        }
        reached[task].insert(successor)
        reached[task].formUnion(reached[successor])
        incoming[successor] += 1
      }
    }
    guard incoming == predecessorCounts else { throw broken(0, 0, "have wrong counters") }
    for later in tasks.indices {
      for earlier in 0..<later {
        let conflict =
          touch(tasks[earlier].writes, tasks[later].reads + tasks[later].writes)
          || touch(tasks[earlier].reads, tasks[later].writes)
        let waits = tasks[earlier].mayFail && tasks[later].writesState
        guard conflict || waits else { continue }
        guard tasks[earlier].call != tasks[later].call else {
          throw broken(earlier, later, "of one call touch the same bytes")
        }
        guard reached[earlier].contains(later) else {
          throw broken(earlier, later, "touch the same bytes, but neither waits for the other")
        }
        guard tasks[earlier].call < tasks[later].call else {
          throw broken(earlier, later, "run against the order of the plan")
        }
      }
    }
  }

  private func touch(_ first: [TouchedRegion], _ second: [TouchedRegion]) -> Bool {
    first.contains { one in
      second.contains { $0.slot == one.slot && shareByte($0.region, one.region) }
    }
  }

  /// Run by run, without any shortcut.
  private func shareByte(_ first: Region, _ second: Region) -> Bool {
    guard !first.isEmpty, !second.isEmpty else { return false }
    for row in 0..<first.rows {
      let low = first.start + row * first.pitch
      for other in 0..<second.rows {
        let start = second.start + other * second.pitch
        if low < start + second.runBytes && start < low + first.runBytes { return true }
      }
    }
    return false
  }

  private func broken(_ first: Int, _ second: Int, _ what: String) -> TidemillError {
    TidemillError(
      .internalInconsistency,
      "The task graph is broken: tasks \(first) and \(second) \(what). Please report this.")
  }
}
