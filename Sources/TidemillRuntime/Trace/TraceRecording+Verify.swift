import TidemillGraph

extension TraceRecording {
  /// Proves from the times alone that every run did what the task graph asks: every task exactly
  /// once, every task after its predecessors, one task at a time on a worker.
  ///
  /// Knows nothing of how tasks are claimed.
  ///
  /// - Throws: `TidemillError` with code `trace`, which names the first violation.
  /// - Complexity: O(tasks + edges) for each run, and a sort of the events.
  package func verify() throws {
    guard dropped == 0 else {
      throw broken("\(dropped) events were dropped: record fewer runs, or keep more events")
    }
    for event in events {
      guard event.run < runs, graph.tasks.indices.contains(event.task),
        workerNames.indices.contains(event.worker)
      else { throw broken("there is no such run, task or worker: \(event)") }
      guard event.start <= event.end else {
        throw broken("run \(event.run): \(name(event.task)) ends before it starts")
      }
    }
    let byRun = Dictionary(grouping: events, by: \.run)
    for run in 0..<runs { try verifyOrder(of: byRun[run] ?? [], run: run) }
    for worker in workerNames.indices { try verifyOneAtATime(on: worker) }
  }

  private func verifyOrder(of events: [Event], run: Int) throws {
    var found = [Event?](repeating: nil, count: graph.tasks.count)
    for event in events {
      guard found[event.task] == nil else {
        throw broken("run \(run): \(name(event.task)) ran twice")
      }
      found[event.task] = event
    }
    for task in graph.tasks.indices {
      guard let event = found[task] else { throw broken("run \(run): \(name(task)) did not run") }
      let edges = graph.successorStarts[task]..<graph.successorStarts[task + 1]
      for successor in edges.map({ Int(graph.successors[Int($0)]) }) {
        guard let later = found[successor], later.start < event.end else { continue }
        throw broken("run \(run): \(name(successor)) starts before \(name(task)) ends")
      }
    }
  }

  private func verifyOneAtATime(on worker: Int) throws {
    let mine = events.filter { $0.worker == worker }
      .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    for (earlier, later) in zip(mine, mine.dropFirst()) where later.start < earlier.end {
      throw broken(
        "\(workerNames[worker]) runs \(name(earlier.task)) and \(name(later.task)) at once")
    }
  }

  private func name(_ task: Int) -> String {
    let call = graph.tasks[task].call
    let label = graph.calls.indices.contains(call) ? graph.calls[call].label : "unknown"
    return "task \(task) (\(label))"
  }

  private func broken(_ what: String) -> TidemillError {
    TidemillError(.trace, "the trace is broken: \(what)")
  }
}

extension TidemillError.Code {
  /// A trace does not fit its task graph: a defect of the engine.
  package static let trace = Self("trace")
}
