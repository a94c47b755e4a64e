/// Joins buffers into boxes without holes, so that fewer are left to be packed.
///
/// What dies at a time makes room for what is born then. Where some that lived from one time are as
/// large together as some that will live to one time, the two stacks are a box, beside each other.
/// Five stacks around each other that no cut parts are the other kind of box: a pinwheel.
///
/// With times as vertices and buffers as edges along which bytes flow, these are the series-parallel
/// reductions of a graph, and its bridges. A rectangle that was cut into buffers goes back to one box
/// where equal sizes are not by chance. A ``BoxFiller`` puts back what is missing.
///
/// **Source**: Duffin: Topology of series-parallel networks, 1965. Buchsbaum, Karloff, Kenyon,
/// Reingold, Thorup: OPT versus LOAD in dynamic storage allocation, 2004, for boxes.
struct BoxMerger {
  private(set) var set: BoxSet
  private let deadline: Deadline
  private var filler: BoxFiller?
  /// What a look for pinwheels may still cost, in stacks that are made or looked at.
  private var steps = 0
  /// Of more that live from one time to another, each alone and all are tried.
  private static let mostForSubsets = 8
  /// For each box: where times and sizes are many to choose from, what fits does so by chance.
  private static let stepsForBox = 200
  /// Of stacks as large on both sides of a time, up to so many pairs are all tried.
  private static let mostPairs = 16

  /// - Parameter room: What may live at a time, if what is empty is to be filled.
  init(_ set: BoxSet, filling room: Int?, deadline: Deadline) {
    self.set = set
    filler = room.map { BoxFiller(set, room: $0, deadline: deadline) }
    self.deadline = deadline
  }

  /// Joins until nothing is left to join.
  ///
  /// Where nothing else begins or ends at a time, what is before it and what is after it belong
  /// together. Elsewhere sizes may be equal by chance, and a box that is wrong is in the way of others:
  /// that is joined last.
  ///
  /// - Parameter parts: How many there are at the most in two stacks that are not all that there is from
  ///   one time to another. More find more boxes, and more that are so by chance.
  mutating func run(parts: Int) {
    filler?.fillExactly(&set)
    var level = 1
    while level <= parts, !deadline.isPast {
      let found =
        switch level {
        case 1: joinCertain() || joinPinwheels(1, certain: true)
        case 2: joinEqual(2) || joinPinwheels(1)
        default: joinEqual(level) || joinPinwheels(level - 1)
        }
      let isFilled = !found && level == parts && filler?.fillUneven(&set) ?? false
      level = found || isFilled ? 1 : level + 1
    }
  }

  // MARK: Before and after a time

  private struct Pair {
    let size: Int
    let before: [Int]
    let after: [Int]
    var parts: Int { before.count + after.count }
  }

  private mutating func joinCertain() -> Bool {
    var found = false
    for time in 0..<set.times where !deadline.isPast {
      if let (before, after) = set.certain(at: time), join(before, after) { found = true }
    }
    return found
  }

  /// Joins stacks that are equal, those of few parts first.
  private mutating func joinEqual(_ parts: Int) -> Bool {
    var pairs: [Pair] = []
    for time in 0..<set.times {
      pairs += equal(time, parts)
      if deadline.isPast { return false }
    }
    pairs.sort { ($0.parts, $1.size) < ($1.parts, $0.size) }  // is stable
    var found = false
    for pair in pairs where !(pair.before + pair.after).contains(where: { set.boxes[$0].isPart }) {
      if deadline.isPast { return found }
      if join(pair.before, pair.after) { found = true }
    }
    return found
  }

  private mutating func join(_ before: [Int], _ after: [Int]) -> Bool {
    set.join(
      [Box.Stack(set: before, above: 0), Box.Stack(set: after, above: 0)],
      from: set.boxes[before[0]].lower, to: set.boxes[after[0]].upper)
  }

  /// Stacks that end and begin at a time and are as large.
  private func equal(_ time: Int, _ parts: Int) -> [Pair] {
    guard !set.ending[time].isEmpty, !set.starting[time].isEmpty else { return [] }
    typealias Stack = (set: [Int], isAll: Bool)
    func bySize(_ stacks: [Stack]) -> [Int: [Stack]] {
      Dictionary(grouping: stacks) { set.size(of: $0.set) }
    }
    let before = bySize(stacks(set.ending[time], parts - 1))
    let after = bySize(stacks(set.starting[time], parts - 1))
    return before.keys.sorted().flatMap { size -> [Pair] in
      guard let ends = before[size], let begins = after[size] else { return [] }
      let pairs: [(Stack, Stack)] =
        ends.count * begins.count <= Self.mostPairs
        ? ends.flatMap { end in begins.map { (end, $0) } } : Array(zip(ends, begins))
      return pairs.compactMap { one, other in
        one.set.count + other.set.count <= parts || (one.isAll && other.isAll)
          ? Pair(size: size, before: one.set, after: other.set) : nil
      }
    }
  }

  /// Sets of so many parts of a list, and whole lists.
  private func stacks(_ lists: [Int: [Int]], _ parts: Int) -> [(set: [Int], isAll: Bool)] {
    lists.keys.sorted().flatMap { key in stacks(lists[key] ?? [], parts) }
  }

  private func stacks(_ list: [Int], _ parts: Int) -> [(set: [Int], isAll: Bool)] {
    if parts == 1 || list.count > Self.mostForSubsets {
      let single = list.map { (set: [$0], isAll: list.count == 1) }
      return list.count > 1 ? single + [(list, true)] : single
    }
    return (1..<(1 << list.count)).compactMap { mask in
      let count = mask.nonzeroBitCount
      guard count <= parts || count == list.count else { return nil }
      let set = list.indices.filter { mask >> $0 & 1 == 1 }.map { list[$0] }
      return (set, count == list.count)
    }
  }

  // MARK: Pinwheels

  /// Makes boxes of five stacks: two end where a middle one begins or ends, two begin there.
  ///
  /// - Parameter certain: Only where nothing else begins or ends beside the middle one.
  private mutating func joinPinwheels(_ parts: Int, certain: Bool = false) -> Bool {
    var found = false
    steps = Self.stepsForBox * (set.boxes.count + 100)
    for begin in 0..<set.times where set.starting[begin].count > 1 {
      if certain && (set.starting[begin].count > 2 || set.ending[begin].count > 1) { continue }
      for end in set.starting[begin].keys.sorted() {
        if certain && (set.ending[end].count > 2 || set.starting[end].count > 1) { continue }
        for middle in set.starting[begin][end].map({ stacks($0, parts) }) ?? [] {
          if joinPinwheel(around: middle.set, begin, end, parts) {
            found = true
            break
          }
          if steps < 0 || deadline.isPast { return found }
        }
      }
    }
    return found
  }

  /// The middle stands on `right` (low, to the right) and beside `left`; above it is `top`, beside `last`.
  ///
  /// ```
  ///     +---------------+------+
  ///     |      top      |      |
  ///     +------+--------+ last |
  ///     |      | middle |      |
  ///     | left +--------+------+
  ///     |      |     right     |
  ///     +------+---------------+
  /// ```
  private mutating func joinPinwheel(
    around middle: [Int], _ begin: Int, _ end: Int, _ parts: Int
  ) -> Bool {
    let size = set.size(of: middle)
    var lefts: [Int: [[Int]]] = [:]
    for left in stacks(set.ending[begin], parts)
    where set.ending[end][set.boxes[left.set[0]].lower] != nil {
      lefts[set.size(of: left.set), default: []].append(left.set)
    }
    steps -= set.ending[begin].values.reduce(1) { $0 + $1.count }
    guard !lefts.isEmpty else { return false }
    let rights = stacks(set.starting[begin], parts)
    steps -= rights.count
    for (right, _) in rights {
      let upper = set.boxes[right[0]].upper
      let below = set.size(of: right)
      guard let lasts = set.starting[end][upper], let fitting = lefts[below + size] else {
        continue
      }
      let byHeight = Dictionary(stacks(lasts, parts).map { (set.size(of: $0.set), $0.set) }) {
        first, _ in first
      }
      steps -= lasts.count
      for left in fitting {
        let lower = set.boxes[left[0]].lower
        let tops = stacks(set.ending[end][lower] ?? [], parts)
        steps -= tops.count + 1
        for (top, _) in tops {
          guard let last = byHeight[set.size(of: top) + size] else { continue }
          return set.join(
            [(left, 0), (right, 0), (middle, below), (top, below + size), (last, below)]
              .map { Box.Stack(set: $0.0, above: $0.1) },
            from: lower, to: upper)
        }
        if steps < 0 { return false }
      }
    }
    return false
  }
}
