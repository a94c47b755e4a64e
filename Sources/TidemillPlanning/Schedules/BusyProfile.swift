/// How many processors are busy at each time, while tasks are put in one after the other.
///
/// Intervals of which at most P overlap anywhere can always be given to P processors, so it need not
/// know which one a task gets.
struct BusyProfile {
  private let processors: Int32
  /// Where a stretch of time begins; it ends with the next one, and the last never.
  private var bounds: [Int] = [0]
  private var busy: [Int32] = [0]

  init(processors: Int) { self.processors = Int32(clamping: processors) }

  mutating func removeAll() {
    bounds.removeAll(keepingCapacity: true)
    busy.removeAll(keepingCapacity: true)
    bounds.append(0)
    busy.append(0)
  }

  /// Puts in a task as early as there is room for all of it.
  ///
  /// - Parameters:
  ///   - earliest: Not before this time.
  ///   - time: How long it runs.
  /// - Returns: When it starts.
  /// - Complexity: O(stretches from there on); fast where that is near the end.
  mutating func place(earliest: Int, time: Int) -> Int {
    guard time > 0 else { return earliest }
    var first = stretch(at: earliest)
    var start = earliest
    var last = first
    while true {
      if busy[last] >= processors {
        first = last + 1
        start = bounds[first]
      } else if last + 1 == bounds.count || bounds[last + 1] >= start + time {
        break
      }
      last += 1
    }
    occupy(first, last, start, start + time)
    return start
  }

  /// The stretch that a time is in.
  private func stretch(at time: Int) -> Int {
    var low = 0
    var high = bounds.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if bounds[middle] <= time { low = middle } else { high = middle }
    }
    return low
  }

  private mutating func occupy(_ first: Int, _ last: Int, _ start: Int, _ end: Int) {
    var (first, last) = (first, last)
    if last + 1 == bounds.count || bounds[last + 1] > end {
      bounds.insert(end, at: last + 1)
      busy.insert(busy[last], at: last + 1)
    }
    if bounds[first] < start {
      bounds.insert(start, at: first + 1)
      busy.insert(busy[first], at: first + 1)
      first += 1
      last += 1
    }
    for stretch in first...last { busy[stretch] += 1 }
  }
}
