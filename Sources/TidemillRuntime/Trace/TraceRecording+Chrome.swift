import Foundation

extension TraceRecording {
  /// The recording in Chrome's trace event format, for Perfetto or `chrome://tracing`: a row for
  /// each worker, a bar for each task, microseconds from the first event.
  ///
  /// - Throws: What `JSONEncoder` throws; it has no reason to.
  package func chromeTrace() throws -> Data {
    let zero = events.map(\.start).min() ?? 0
    let names = workerNames.enumerated().map { ChromeEvent(worker: $0, named: $1) }
    let bars = events.map { event in
      let call = call(of: event)
      let known = call.flatMap { graph.calls.indices.contains($0) ? graph.calls[$0] : nil }
      return ChromeEvent(
        name: known?.label ?? "unknown", ph: "X", tid: event.worker,
        ts: Double(event.start - zero) / 1000, dur: Double(event.nanoseconds) / 1000,
        args: ChromeArguments(
          kernel: known?.kernelName, call: call, task: event.task, run: event.run))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(ChromeTrace(displayTimeUnit: "ns", traceEvents: names + bars))
  }
}

// The names are those of the format.

private struct ChromeTrace: Encodable {
  let displayTimeUnit: String
  let traceEvents: [ChromeEvent]
}

private struct ChromeEvent: Encodable {
  let name: String
  /// X is an event with a duration, M says something about a row.
  let ph: String
  let tid: Int
  var ts: Double?
  var dur: Double?
  let args: ChromeArguments
  var pid = 1
}

extension ChromeEvent {
  init(worker: Int, named name: String) {
    self.init(name: "thread_name", ph: "M", tid: worker, args: ChromeArguments(name: name))
  }
}

private struct ChromeArguments: Encodable {
  var name: String?
  var kernel: String?
  var call: Int?
  var task: Int?
  var run: Int?
}
