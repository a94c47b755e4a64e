import TidemillCompiler

/// What runs of a task graph did, when and where.
package struct TraceRecording: Sendable {
  /// A task that ran.
  package struct Event: Hashable, Sendable {
    package var worker: Int
    /// The number of the run since the recording began.
    package var run: Int
    /// Position in `TaskGraph.tasks`.
    package var task: Int
    /// Nanoseconds of a clock that never goes back. Tasks that were left out because the run had
    /// failed took no time.
    package var start: UInt64
    package var end: UInt64

    package init(worker: Int, run: Int, task: Int, start: UInt64, end: UInt64) {
      (self.worker, self.run, self.task) = (worker, run, task)
      (self.start, self.end) = (start, end)
    }

    package var nanoseconds: UInt64 { end >= start ? end - start : 0 }
  }

  package let graph: TaskGraph
  package let workerNames: [String]
  package let runs: Int
  /// By worker, and in the order in which each ran them.
  package let events: [Event]
  /// How many older events the rings had no room for.
  package let dropped: Int

  package init(
    graph: TaskGraph, workerNames: [String], runs: Int, events: [Event], dropped: Int = 0
  ) {
    self.graph = graph
    self.workerNames = workerNames
    self.runs = runs
    self.events = events
    self.dropped = dropped
  }

  /// The call of an event; `nil` for a task that is not in the graph.
  func call(of event: Event) -> Int? {
    graph.tasks.indices.contains(event.task) ? graph.tasks[event.task].call : nil
  }

  /// The label of an event's call: `unknown` for a task that is not in the graph.
  package func label(of event: Event) -> String {
    guard let call = call(of: event), graph.calls.indices.contains(call) else { return "unknown" }
    return graph.calls[call].label
  }
}
