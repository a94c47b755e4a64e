import Foundation
import TidemillCompiler

extension TraceRecording {
  /// The recording in Chrome's trace event format, for Perfetto or `chrome://tracing`: a row for
  /// each worker, a bar for each task, microseconds from the first event. An arrow leads to a task from
  /// another worker's, where that was what it waited for last; and counters tell how many tasks
  /// are ready, and how many bytes of the arena are in use.
  ///
  /// - Parameter arena: The values of the plan that the tasks come from; without them there is no counter for bytes.
  /// - Throws: What `JSONEncoder` throws; it has no reason to.
  package func chromeTrace(arena: [ArenaValue] = []) throws -> Data {
    let zero = events.map(\.start).min() ?? 0
    var trace = workerNames.enumerated().map { ChromeEvent(worker: $0, named: $1) }
    trace += events.map { bar($0, zero) }
    trace += arrows(zero)
    trace += readyTasks().map { sample in
      ChromeEvent(
        counter: "ready tasks", ts: Self.microseconds(sample.time, zero),
        args: ChromeArguments(tasks: sample.value))
    }
    if !arena.isEmpty {
      trace += arenaInUse(arena).map { sample in
        ChromeEvent(
          counter: "arena in use", ts: Self.microseconds(sample.time, zero),
          args: ChromeArguments(bytes: sample.value))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(ChromeTrace(displayTimeUnit: "ns", traceEvents: trace))
  }

  private func bar(_ event: Event, _ zero: UInt64) -> ChromeEvent {
    let call = call(of: event)
    let known = call.flatMap { graph.calls.indices.contains($0) ? graph.calls[$0] : nil }
    return ChromeEvent(
      name: label(of: event), ph: "X", tid: event.worker,
      ts: Self.microseconds(event.start, zero), dur: Double(event.nanoseconds) / 1000,
      args: ChromeArguments(
        kernel: known?.kernelName, call: call, task: event.task, run: event.run,
        home: isStolen(event) ? home(of: event.task) : nil))
  }

  /// More make viewers slow.
  private static let mostArrows = 20_000

  /// One arrow for each task at the most: viewers cannot show all edges of a large graph.
  private func arrows(_ zero: UInt64) -> [ChromeEvent] {
    var arrows: [ChromeEvent] = []
    for run in recordedRuns() {
      for case let event? in run.events where arrows.count < 2 * Self.mostArrows {
        guard let before = run.ready[event.task].after, let from = run.events[before],
          from.worker != event.worker
        else { continue }
        // An arrow belongs to the bar that is open at its time, so it leaves a little before the bar's end.
        let leaves = max(from.start, from.end - min(from.end, 1))
        let id = arrows.count / 2
        arrows.append(
          ChromeEvent(
            arrow: id, ph: "s", tid: from.worker, ts: Self.microseconds(leaves, zero)))
        arrows.append(
          ChromeEvent(
            arrow: id, ph: "f", tid: event.worker, ts: Self.microseconds(event.start, zero)))
      }
    }
    return arrows
  }

  private static func microseconds(_ time: UInt64, _ zero: UInt64) -> Double {
    Double(time - min(zero, time)) / 1000
  }
}
