/// Times of steps, kept in memory that is there before the first: the last ones if they are many.
package struct StepTimes {
  private var nanoseconds: [UInt64]
  /// How many were recorded.
  package private(set) var count = 0
  /// The shortest of all, in nanoseconds.
  package private(set) var best = UInt64.max

  /// No times yet.
  ///
  /// - Parameter capacity: A positive number of times to keep.
  package init(capacity: Int = 1 << 18) {
    nanoseconds = Array(repeating: 0, count: max(capacity, 1))
  }

  /// Adds a time.
  package mutating func record(_ time: UInt64) {
    nanoseconds[count % nanoseconds.count] = time
    count += 1
    best = min(best, time)
  }

  /// The time in the middle of those that were kept, in nanoseconds; 0 where there are none.
  package var median: UInt64 {
    let sorted = nanoseconds.prefix(count).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
