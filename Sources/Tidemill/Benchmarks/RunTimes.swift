import CPlatform

/// How long one run takes, in seconds.
package struct RunTimes: Sendable {
  /// The shortest of all repetitions.
  package let best: Double
  /// The one in the middle.
  package let median: Double

  /// Times a piece of work.
  ///
  /// - Parameters:
  ///   - inner: How many runs one reading of the clock is for, so that it is long beside the clock's own cost.
  ///   - repetitions: How many readings, after three that warm up.
  ///   - run: Runs so many times.
  package init(inner: Int, repetitions: Int, _ run: (Int) throws -> Void) rethrows {
    var times = [Double](repeating: 0, count: max(repetitions, 1))
    for _ in 0..<3 { try run(inner) }
    for index in times.indices {
      let start = tidemill_nanoseconds()
      try run(inner)
      times[index] = Double(tidemill_nanoseconds() - start) * 1e-9 / Double(max(inner, 1))
    }
    times.sort()
    // A clock that stands still must not give a speed without end.
    best = max(times[0], 1e-12)
    median = max(times[times.count / 2], 1e-12)
  }
}
