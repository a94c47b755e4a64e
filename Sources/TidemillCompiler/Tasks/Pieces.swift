/// The memory that tasks touch, in pieces of equal size, numbered through all slots.
struct Pieces {
  /// Bytes of a piece, as a shift.
  let shift: Int
  let count: Int
  /// Where the pieces of a slot begin.
  private let starts: [Int]

  /// - Parameter most: About how many pieces, at most.
  init(_ tasks: [TaskGraph.Task], atMost most: Int) {
    let sizes = Self.sizes(tasks)
    let total = sizes.reduce(0, +)
    var shift = 6
    while total >> shift > most { shift += 1 }
    self.init(sizes, shift: shift)
  }

  /// - Parameter shift: Pieces of `1 << shift` bytes.
  init(_ tasks: [TaskGraph.Task], shift: Int) { self.init(Self.sizes(tasks), shift: shift) }

  /// The end of what is touched, by slot.
  private static func sizes(_ tasks: [TaskGraph.Task]) -> [Int] {
    var sizes: [Int] = []
    for task in tasks {
      for place in task.reads + task.writes where !place.region.isEmpty {
        while sizes.count <= place.slot { sizes.append(0) }
        sizes[place.slot] = max(sizes[place.slot], place.region.end)
      }
    }
    return sizes
  }

  private init(_ sizes: [Int], shift: Int) {
    var starts: [Int] = []
    var count = 0
    for size in sizes {
      starts.append(count)
      count += size >> shift + 1
    }
    (self.shift, self.starts, self.count) = (shift, starts, count)
  }

  var slots: Int { starts.count }

  /// The pieces of a slot.
  func range(of slot: Int) -> Range<Int> {
    starts[slot]..<(slot + 1 < starts.count ? starts[slot + 1] : count)
  }

  /// Calls with each piece of a place, how many of its bytes are meant, and how many bytes of the place come before.
  @inline(__always)
  func forEach(_ place: TaskGraph.TouchedRegion, _ body: (Int, Double, Double) -> Void) {
    let region = place.region
    guard !region.isEmpty else { return }
    let first = starts[place.slot]
    var before = 0
    for row in 0..<region.rows {
      var at = region.start + row * region.pitch
      let end = at + region.runBytes
      while at < end {
        let next = min((at >> shift + 1) << shift, end)
        body(first + at >> shift, Double(next - at), Double(before))
        before += next - at
        at = next
      }
    }
  }
}
