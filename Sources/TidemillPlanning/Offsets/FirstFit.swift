/// Places buffers one after the other, each at the lowest offset that is free for its whole life.
///
/// Those that are fixed come first.
struct FirstFit {
  let buffers: [OffsetBuffer]
  let sections: Sections

  /// Offsets, and the height of the arena.
  ///
  /// - Parameter order: All buffers, each once.
  /// - Complexity: O(n·m), m those of the buffers that are lower and whose time is near.
  func packing(in order: [Int]) -> (offsets: [Int], height: Int) {
    var offsets = [Int](repeating: 0, count: buffers.count)
    var shelves = Shelves(sections: sections.count, buffers: buffers.count)
    var height = 0
    let all = order.filter { buffers[$0].fixed != nil } + order.filter { buffers[$0].fixed == nil }
    for index in all {
      let buffer = buffers[index]
      guard buffer.size > 0 else {
        offsets[index] = buffer.fixed ?? 0
        continue
      }
      let first = sections.first[index]
      let last = sections.last[index]
      let offset = buffer.fixed ?? shelves.lowest(for: buffer, first: first, last: last)
      offsets[index] = offset
      height = max(height, offset + buffer.size)
      shelves.insert(bottom: offset, top: offset + buffer.size, first: first, last: last)
    }
    return (offsets, height)
  }
}

/// What is placed already, by time: lists for all of it, for each eighth and for each sixty-fourth.
///
/// A buffer looks at the shortest list that has all of its life. One that lives long is in many lists.
private struct Shelves {
  private struct Place {
    var bottom: Int
    var top: Int
    var first: Int32
    var last: Int32
  }

  /// By bottom; those of a level one after the other, coarse levels first.
  private var lists: [[Place]]
  private let sections: Int
  private let widths: [Int]

  init(sections: Int, buffers: Int) {
    self.sections = max(1, sections)
    widths = buffers < 500 ? [1] : [1, 8, 64]
    lists = Array(repeating: [], count: widths.reduce(0, +))
  }

  func lowest(for buffer: OffsetBuffer, first: Int, last: Int) -> Int {
    var offset = 0
    lists[shortestList(first, last)].withUnsafeBufferPointer { places in
      for place in places where place.top > offset {
        if place.bottom >= offset + buffer.size { break }
        if Int(place.first) <= last && first <= Int(place.last) {
          offset = buffer.aligned(place.top)
        }
      }
    }
    return offset
  }

  private func shortestList(_ first: Int, _ last: Int) -> Int {
    var list = 0
    var start = 0
    for width in widths {
      let part = first * width / sections
      if part == last * width / sections { list = start + part }
      start += width
    }
    return list
  }

  mutating func insert(bottom: Int, top: Int, first: Int, last: Int) {
    let place = Place(bottom: bottom, top: top, first: Int32(first), last: Int32(last))
    var start = 0
    for width in widths {
      for part in (first * width / sections)...(last * width / sections) {
        let list = start + part
        lists[list].insert(place, at: Self.position(of: bottom, in: lists[list]))
      }
      start += width
    }
  }

  private static func position(of bottom: Int, in places: [Place]) -> Int {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].bottom < bottom { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
