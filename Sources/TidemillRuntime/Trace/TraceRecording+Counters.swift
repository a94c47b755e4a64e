import TidemillCompiler

/// A number from a moment on.
package struct CounterSample: Sendable, Equatable {
  /// Nanoseconds of the recording's clock.
  package let time: UInt64
  package let value: Int

  package init(time: UInt64, value: Int) { (self.time, self.value) = (time, value) }
}

/// Bytes of the arena that are in use while some calls run.
package struct ArenaValue: Sendable, Equatable {
  package let offset: Int
  package let byteCount: Int
  /// The calls that write or read it: positions in `TaskGraph.calls`.
  package let calls: [Int]

  package init(offset: Int, byteCount: Int, calls: [Int]) {
    self.offset = offset
    self.byteCount = byteCount
    self.calls = calls
  }
}

extension MemoryPlan {
  /// The values of the plan with the calls of its task graph, one for each step.
  package var arenaValues: [ArenaValue] {
    var calls = [[Int]](repeating: [], count: values.count)
    for (position, step) in steps.enumerated() {
      for value in Set(step.values.values) { calls[value.index].append(position) }
    }
    return zip(values, calls).map { value, calls in
      ArenaValue(offset: value.offset, byteCount: value.byteCount, calls: calls)
    }
  }
}

extension TraceRecording {
  /// How many tasks were ready and not started, at each moment at which that changed.
  ///
  /// - Complexity: O(n log n) in the events.
  package func readyTasks() -> [CounterSample] {
    recordedRuns().flatMap { run in
      var changes: [(time: UInt64, change: Int)] = []
      for case let event? in run.events {
        changes.append((min(run.ready[event.task].time, event.start), 1))
        changes.append((event.start, -1))
      }
      return Self.sums(changes)
    }
  }

  /// How many bytes of the arena held a value, at each moment at which that changed: from the first start of a task
  /// that has to do with the value to the last end of one. Bytes of two values, where one takes the other's
  /// place, count once.
  ///
  /// - Parameter values: Those of the plan that the tasks come from.
  /// - Complexity: O(n log n) in the values of each run, for values that do not overlap.
  package func arenaInUse(_ values: [ArenaValue]) -> [CounterSample] {
    let pieces = ArenaPieces(values)
    return recordedRuns().flatMap { run in
      var spans = [(start: UInt64, end: UInt64)?](repeating: nil, count: graph.calls.count)
      for case let event? in run.events {
        let call = graph.tasks[event.task].call
        guard spans.indices.contains(call) else { continue }
        let span = spans[call] ?? (event.start, event.end)
        spans[call] = (min(span.start, event.start), max(span.end, event.end))
      }
      var uses: [(time: UInt64, value: Int, isBegin: Bool)] = []
      for (value, use) in values.enumerated() {
        let found = use.calls.compactMap { spans.indices.contains($0) ? spans[$0] : nil }
        guard let start = found.map(\.start).min(), let end = found.map(\.end).max() else {
          continue
        }
        uses += [(start, value, true), (end, value, false)]
      }
      uses.sort { $0.time < $1.time }
      var users = [Int](repeating: 0, count: pieces.sizes.count)
      return Self.sums(
        uses.map { use in
          var change = 0
          for piece in pieces.ofValue[use.value] {
            let before = users[piece]
            users[piece] += use.isBegin ? 1 : -1
            if before == 0 { change += pieces.sizes[piece] }
            if users[piece] == 0 { change -= pieces.sizes[piece] }
          }
          return (use.time, change)
        })
    }
  }

  /// The sum of all changes up to each moment.
  private static func sums(_ changes: [(time: UInt64, change: Int)]) -> [CounterSample] {
    var samples: [CounterSample] = []
    var value = 0
    for (time, change) in changes.sorted(by: { $0.time < $1.time }) {
      value += change
      if samples.last?.time == time { samples.removeLast() }
      if samples.last?.value != value { samples.append(CounterSample(time: time, value: value)) }
    }
    return samples
  }
}

/// The arena cut wherever a value begins or ends.
private struct ArenaPieces {
  let sizes: [Int]
  let ofValue: [Range<Int>]

  init(_ values: [ArenaValue]) {
    let cuts = Set(values.flatMap { [$0.offset, $0.offset + $0.byteCount] }).sorted()
    let places = Dictionary(uniqueKeysWithValues: cuts.enumerated().map { ($1, $0) })
    sizes = zip(cuts, cuts.dropFirst()).map { $1 - $0 }
    ofValue = values.map { value in
      let start = places[value.offset] ?? 0
      return start..<max(start, places[value.offset + value.byteCount] ?? start)
    }
  }
}
