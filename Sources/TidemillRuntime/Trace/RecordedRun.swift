import TidemillCompiler

/// One run of a recording, task by task.
struct RecordedRun {
  /// By task; `nil` where the rings had no room for it.
  let events: [TraceRecording.Event?]
  /// From the first task's start to the last one's end.
  let start: UInt64
  let end: UInt64
  /// When the last predecessor of each task ended, and which one it was; the run's start, and `nil`, for a task
  /// without one that was recorded.
  let ready: [(time: UInt64, after: Int?)]

  var nanoseconds: UInt64 { end - start }

  /// - Parameter found: All events of the run, one or more.
  init(_ found: [TraceRecording.Event], of graph: TaskGraph) {
    var events = [TraceRecording.Event?](repeating: nil, count: graph.tasks.count)
    for event in found where events.indices.contains(event.task) { events[event.task] = event }
    let start = found.map(\.start).min() ?? 0
    var ready = [(time: UInt64, after: Int?)](repeating: (start, nil), count: events.count)
    for event in events.lazy.compactMap(\.self) {
      for successor in graph.successors(of: event.task) where event.end >= ready[successor].time {
        ready[successor] = (event.end, event.task)
      }
    }
    self.events = events
    self.ready = ready
    self.start = start
    end = max(found.map(\.end).max() ?? 0, start)
  }
}

extension TraceRecording {
  /// The runs that have events, in their order.
  func recordedRuns() -> [RecordedRun] {
    Dictionary(grouping: events, by: \.run).sorted { $0.key < $1.key }
      .map { RecordedRun($0.value, of: graph) }
  }

  /// The worker that a task is planned for, of those that there were.
  func home(of task: Int) -> Int? {
    guard graph.homes.indices.contains(task), !workerNames.isEmpty else { return nil }
    return Int(graph.homes[task]) % workerNames.count
  }

  /// Whether an event's worker took the task of another one.
  func isStolen(_ event: Event) -> Bool { home(of: event.task).map { $0 != event.worker } ?? false }
}
