/// Where boxes may be in which something is fixed.
///
/// A stack may be in any order, so that a part which is fixed leaves its box some places; a second part
/// leaves one of them, mostly.
extension BoxSet {
  /// A box that may be in more places is not made.
  private static let mostPlaces = 1 << 15
  /// Of stacks with up to so many parts all orders are known.
  private static let mostForOrders = 12
  /// Ways that are tried to put those parts of a larger stack that may not be anywhere.
  private static let mostChoices = 256
  /// Choices of places for all boxes.
  private static let mostChoicesOfAll = 20_000

  // MARK: Stacks

  /// An order of a stack from an offset upwards, in which each part is aligned and where it may be; `nil`
  /// where none is found.
  func order(of set: [Int], from bottom: Int) -> [Int]? {
    let bound = set.filter { boxes[$0].places != nil }
    // Those that are aligned the most come first; is stable.
    let free = set.filter { boxes[$0].places == nil }
      .sorted { boxes[$0].alignment > boxes[$1].alignment }
    if bound.isEmpty { return isAligned(free, from: bottom) ? free : nil }
    if bound.count > 1 && set.count <= Self.mostForOrders { return anyOrder(of: set, from: bottom) }
    var left = Self.mostChoices
    return order(
      bound.sorted { boxes[$0].places?.count ?? 0 < boxes[$1].places?.count ?? 0 }[...], free, [],
      in: bottom..<(bottom + size(of: set)), &left)
  }

  private func isAligned(_ set: [Int], from bottom: Int) -> Bool {
    var top = bottom
    for part in set {
      guard top % boxes[part].alignment == 0 else { return false }
      top += boxes[part].size
    }
    return true
  }

  /// The first order that there is.
  ///
  /// - Complexity: O(n·2ⁿ) for n parts.
  private func anyOrder(of set: [Int], from bottom: Int) -> [Int]? {
    // By the set of those that are below: how high they are, and who of them is the uppermost.
    var tops = [Int](repeating: bottom, count: 1 << set.count)
    var upper = [Int](repeating: -1, count: 1 << set.count)
    for mask in upper.indices where mask == 0 || upper[mask] >= 0 {
      for place in set.indices where mask >> place & 1 == 0 && mayBe(set[place], at: tops[mask]) {
        upper[mask | 1 << place] = place
        tops[mask | 1 << place] = tops[mask] + boxes[set[place]].size
      }
    }
    var order: [Int] = []
    var mask = upper.count - 1
    while mask != 0 {
      guard upper[mask] >= 0 else { return nil }
      order.append(set[upper[mask]])
      mask &= ~(1 << upper[mask])
    }
    return order.reversed()
  }

  private func mayBe(_ index: Int, at offset: Int) -> Bool {
    guard offset % boxes[index].alignment == 0 else { return false }
    guard let places = boxes[index].places else { return true }
    let next = places.partitioningIndex { $0 >= offset }
    return next < places.count && places[next] == offset
  }

  /// Puts the next that is bound in each of its places; the rest then has to fill what is between.
  private func order(
    _ bound: ArraySlice<Int>, _ free: [Int], _ put: [(index: Int, place: Int)],
    in range: Range<Int>,
    _ left: inout Int
  ) -> [Int]? {
    guard let next = bound.first, let places = boxes[next].places else {
      left -= 1
      return filled(put, free, range)
    }
    let size = boxes[next].size
    for place in places[places.partitioningIndex { $0 >= range.lowerBound }...] {
      if place + size > range.upperBound { break }
      let isFree = put.allSatisfy {
        place + size <= $0.place || $0.place + boxes[$0.index].size <= place
      }
      if isFree,
        let found = order(bound.dropFirst(), free, put + [(next, place)], in: range, &left)
      {
        return found
      }
      if left <= 0 { return nil }
    }
    return nil
  }

  /// Fills what is between those that have been put, the least gaps first.
  private func filled(
    _ put: [(index: Int, place: Int)], _ free: [Int], _ range: Range<Int>
  ) -> [Int]? {
    let sorted = put.sorted { $0.place < $1.place }
    var gaps: [Range<Int>] = []
    var top = range.lowerBound
    for (index, place) in sorted {
      gaps.append(top..<place)
      top = place + boxes[index].size
    }
    gaps.append(top..<range.upperBound)
    var inGap = [[Int]](repeating: [], count: gaps.count)
    var rest = free
    for gap in gaps.indices.sorted(by: { gaps[$0].count < gaps[$1].count }).dropLast() {
      guard let found = SubsetSum.subset(of: rest.map { boxes[$0].size }, sum: gaps[gap].count)
      else { return nil }
      inGap[gap] = found.sorted().map { rest[$0] }
      let taken = Set(found)
      rest = rest.indices.filter { !taken.contains($0) }.map { rest[$0] }
    }
    if let largest = gaps.indices.max(by: { gaps[$0].count <= gaps[$1].count }) {
      inGap[largest] = rest
    }
    for gap in gaps.indices where !isAligned(inGap[gap], from: gaps[gap].lowerBound) { return nil }
    return gaps.indices.flatMap { inGap[$0] + ($0 < sorted.count ? [sorted[$0].index] : []) }
  }

  // MARK: Boxes

  /// Where a box may be such that all in it are where they may be, and no other is in the way that is fixed;
  /// `nil` where nothing is known of that.
  func places(of box: Box) -> [Int]? {
    let known = box.stacks.indices.compactMap { index in
      places(of: box.stacks[index].set).map { (index: index, places: $0) }
    }
    guard let fewest = known.min(by: { $0.places.count < $1.places.count }) else { return nil }
    let stack = box.stacks[fewest.index]
    // All that is found for one that is bound is right where any order is aligned.
    let isChecked =
      (stack.set.allSatisfy { boxes[$0].places?.count ?? 0 <= Self.mostChoices })
      && stack.set.count { boxes[$0].places != nil } == 1 && stack.above % box.alignment == 0
      && stack.set.allSatisfy { boxes[$0].size % box.alignment == 0 }
    let others = box.stacks.indices.filter { !isChecked || $0 != fewest.index }
      .map { box.stacks[$0] }
    let near = pins.filter { boxes[$0].lower < box.upper && box.lower < boxes[$0].upper }
    return fewest.places.map { $0 - stack.above }.filter { place in
      !deadline.isPast && place >= 0 && place % box.alignment == 0
        && near.count { overlaps(box, at: place, $0, at: problem.buffers[$0].fixed ?? 0) }
          == box.pins
        && others.allSatisfy { order(of: $0.set, from: place + $0.above) != nil }
    }
  }

  /// Where a stack may be, from the lowest up, or some more; `nil` where it may be anywhere, or in many places.
  private func places(of set: [Int]) -> [Int]? {
    let bound = set.filter { boxes[$0].places != nil }
    guard
      let part = bound.min(by: { boxes[$0].places?.count ?? 0 < boxes[$1].places?.count ?? 0 }),
      let places = boxes[part].places, set.count < Self.mostPlaces.trailingZeroBitCount,
      places.count << (set.count - 1) <= Self.mostPlaces
    else { return nil }
    let below = Set(SubsetSum.sums(of: set.filter { $0 != part }.map { boxes[$0].size }).map(\.sum))
    return Set(places.flatMap { place in below.map { place - $0 } }).sorted()
  }

  private func overlaps(_ box: Box, at place: Int, _ other: Int, at otherPlace: Int) -> Bool {
    let other = boxes[other]
    return box.lower < other.upper && other.lower < box.upper && place < otherPlace + other.size
      && otherPlace < place + box.size
  }

  /// Of each box that may be in some places one of these, such that none overlap: the lowest that is found,
  /// where there are few to choose from first.
  func chosenPlaces(_ indices: [Int]) -> [Int: Int]? {
    let bound = indices.filter { boxes[$0].places != nil }
      .sorted { (boxes[$0].places?.count ?? 0, $0) < (boxes[$1].places?.count ?? 0, $1) }
    var chosen: [Int: Int] = [:]
    var tried = [Int](repeating: 0, count: bound.count)
    var (depth, left) = (0, Self.mostChoicesOfAll)
    while depth < bound.count {
      let index = bound[depth]
      chosen[index] = nil
      let places = boxes[index].places ?? []
      while chosen[index] == nil, tried[depth] < places.count, left > 0 {
        let place = places[tried[depth]]
        tried[depth] += 1
        left -= 1
        let isFree = bound[..<depth].allSatisfy {
          !overlaps(boxes[index], at: place, $0, at: chosen[$0] ?? 0)
        }
        if isFree { chosen[index] = place }
      }
      if chosen[index] != nil {
        depth += 1
        if depth < bound.count { tried[depth] = 0 }
      } else {
        guard depth > 0, left > 0 else { return nil }
        depth -= 1
      }
    }
    return chosen
  }
}

extension Array {
  /// The first index from which on all elements have what those before have not.
  fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
