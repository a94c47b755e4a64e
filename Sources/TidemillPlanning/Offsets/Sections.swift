/// Time, cut where a buffer comes to life or dies; nothing changes inside a section.
struct Sections: Sendable {
  /// How many there are.
  let count: Int
  /// The first section of each buffer.
  let first: [Int]
  /// The last section of each buffer, which is in it.
  let last: [Int]

  init(_ buffers: [OffsetBuffer]) {
    var times = buffers.flatMap { [$0.lower, $0.upper] }
    times.sort()
    var distinct: [Int] = []
    for time in times where distinct.last != time { distinct.append(time) }
    count = max(0, distinct.count - 1)
    func index(_ time: Int) -> Int {
      var (low, high) = (0, distinct.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if distinct[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low
    }
    first = buffers.map { index($0.lower) }
    last = buffers.map { index($0.upper) - 1 }
  }

  /// The sum of sizes in each section.
  func loads(_ buffers: [OffsetBuffer]) -> [Int] {
    var changes = [Int](repeating: 0, count: count + 1)
    for (index, buffer) in buffers.enumerated() {
      changes[first[index]] += buffer.size
      changes[last[index] + 1] -= buffer.size
    }
    var load = 0
    return changes.dropLast().map { change in
      load += change
      return load
    }
  }

  /// The largest of `loads` that each buffer sees in its life.
  func peaks(_ loads: [Int]) -> [Int] {
    let table = RangeMaximum(loads)
    return first.indices.map { table.maximum(first[$0], last[$0]) }
  }
}

/// Largest elements of ranges, each from two overlapping powers of two.
struct RangeMaximum {
  private var rows: [[Int]]

  init(_ values: [Int]) {
    rows = [values]
    var width = 1
    while 2 * width <= values.count, let below = rows.last {
      rows.append((0...(values.count - 2 * width)).map { max(below[$0], below[$0 + width]) })
      width *= 2
    }
  }

  /// The largest from `first` to `last`, both included.
  func maximum(_ first: Int, _ last: Int) -> Int {
    let level = Int.bitWidth - 1 - (last - first + 1).leadingZeroBitCount
    return max(rows[level][first], rows[level][last - (1 << level) + 1])
  }
}
