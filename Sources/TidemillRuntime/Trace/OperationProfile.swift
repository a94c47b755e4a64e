import TidemillCompiler

/// Where the time of a recording went, by operation.
package struct OperationProfile: Sendable, Equatable, Codable {
  /// All calls of one label and kernel.
  package struct Row: Sendable, Equatable, Codable {
    package let label: String
    package let kernel: String
    /// How often the call was made: once for each such call of the graph and each run.
    package let calls: Int
    package let tasks: Int
    /// Time of the tasks, summed over the workers.
    package let nanoseconds: UInt64
    /// Of the time of all rows, between 0 and 1.
    package let share: Double
    /// Billions of operations per second of that time, so for one core; 0 where there is no time.
    package let gflops: Double
    /// Billions of bytes that must move per second of that time.
    package let gigabytesPerSecond: Double
  }

  /// The longest first.
  package let rows: [Row]
  package let runs: Int
  /// Time of all tasks, summed over the workers.
  package let nanoseconds: UInt64
  /// Time of the runs from their first task to their last, as a clock on the wall sees it: where two overlap, once.
  package let wallNanoseconds: UInt64
}

extension TraceRecording {
  /// Adds up the events by operation.
  ///
  /// - Complexity: O(events + calls).
  package func profile() -> OperationProfile {
    var sums: [Operation: Sum] = [:]
    var spans: [Int: (start: UInt64, end: UInt64)] = [:]
    var seen: Set<CallOfRun> = []
    for event in events {
      let span = spans[event.run] ?? (event.start, event.end)
      spans[event.run] = (min(span.start, event.start), max(span.end, event.end))
      guard let index = call(of: event), graph.calls.indices.contains(index) else { continue }
      let call = graph.calls[index]
      // Of the tasks that were recorded only, as rings may have dropped some.
      let part = 1 / Double(max(call.taskCount, 1))
      var sum = sums[Operation(call)] ?? Sum()
      sum.calls += seen.insert(CallOfRun(call: index, run: event.run)).inserted ? 1 : 0
      sum.tasks += 1
      sum.nanoseconds += event.nanoseconds
      sum.flops += call.cost.flops * part
      sum.bytes += call.cost.bytes * part
      sums[Operation(call)] = sum
    }
    let total = sums.values.reduce(0) { $0 + $1.nanoseconds }
    let rows = sums.map { operation, sum in row(operation, sum, total: total) }
    return OperationProfile(
      rows: rows.sorted {
        ($1.nanoseconds, $0.label, $0.kernel) < ($0.nanoseconds, $1.label, $1.kernel)
      },
      runs: spans.count, nanoseconds: total,
      wallNanoseconds: Self.wall(spans.values.sorted { $0.start < $1.start }))
  }

  private static func wall(_ spans: [(start: UInt64, end: UInt64)]) -> UInt64 {
    var (total, last): (UInt64, UInt64) = (0, 0)
    for span in spans where span.end > last {
      total += span.end - max(span.start, last)
      last = span.end
    }
    return total
  }

  private func row(_ operation: Operation, _ sum: Sum, total: UInt64) -> OperationProfile.Row {
    let time = Double(sum.nanoseconds)
    return OperationProfile.Row(
      label: operation.label, kernel: operation.kernel, calls: sum.calls, tasks: sum.tasks,
      nanoseconds: sum.nanoseconds, share: total > 0 ? time / Double(total) : 0,
      // Per nanosecond is billions per second.
      gflops: time > 0 ? sum.flops / time : 0,
      gigabytesPerSecond: time > 0 ? sum.bytes / time : 0)
  }
}

private struct Operation: Hashable {
  let label: String
  let kernel: String
  init(_ call: TaskGraph.Call) { (label, kernel) = (call.label, call.kernelName) }
}

private struct CallOfRun: Hashable {
  let call: Int
  let run: Int
}

private struct Sum {
  var calls = 0
  var tasks = 0
  var nanoseconds: UInt64 = 0
  var flops = 0.0
  var bytes = 0.0
}
