/// What lives at a time of a ``TimeSweep``, by address.
struct SweepState {
  struct Live {
    var bottom: Int
    var top: Int
    var end: Int
  }

  struct Place {
    var index: Int
    var offset: Int
  }

  /// From the bottom to the top.
  private(set) var live: [Live]
  /// The most so far, or what may be used without a loss.
  private(set) var height: Int
  /// The lower the better.
  private(set) var cost = 0.0
  /// What was placed since the states were chosen from.
  var placed: [Place] = []
  /// Where the rest is, in the steps of the ``SweepBeam``.
  var step = -1

  init(live: [Live], height: Int) {
    self.live = live
    self.height = height
  }

  /// Free room between two that live, or above all of them.
  private struct Hole {
    var bottom: Int
    var top: Int
    /// Bytes that are left in it.
    var room: Int
    /// How many that live are below.
    var place: Int
    /// When the neighbours die; -1 where there is none.
    var below: Int
    var above: Int
    /// The last that was put into it: its place in the list of births; -1 for none.
    var last = -1
  }

  /// Goes on to a section: what has died is gone, what is born fills holes, large ones first.
  mutating func advance(
    _ line: SweepLine, to section: Int, isRandom: Bool, _ generator: inout PlanningGenerator
  ) {
    live.removeAll { $0.end <= section }
    var holes = self.holes()
    let births = order(line, line.births[section], isRandom, &generator)
    var before = [Int](repeating: -1, count: births.count)
    for (place, index) in births.enumerated() {
      let hole = best(
        for: index, line, holes, births, before, isRandom ? Self.noise : 0, &generator)
      before[place] = holes[hole].last
      holes[hole].last = place
      holes[hole].room -= line.sizes[index]
    }
    fill(line, holes, births, before)
  }

  private static let noise = 0.3
  private static let foundExactly = 2.0

  private func holes() -> [Hole] {
    var holes: [Hole] = []
    var (top, below) = (0, -1)
    for (place, next) in live.enumerated() {
      if next.bottom > top {
        holes.append(
          Hole(
            bottom: top, top: next.bottom, room: next.bottom - top, place: place, below: below,
            above: next.end))
      }
      (top, below) = (next.top, next.end)
    }
    let end = max(top, height)
    holes.append(
      Hole(bottom: top, top: end, room: end - top, place: live.count, below: below, above: -1))
    return holes
  }

  /// Large ones first; by sizes that are up to half as large or more where the order is random.
  private func order(
    _ line: SweepLine, _ births: [Int], _ isRandom: Bool, _ generator: inout PlanningGenerator
  ) -> [Int] {
    guard births.count > 1 else { return births }
    var keyed = births.map { index in (key: Double(line.sizes[index]), index: index) }
    if isRandom {
      for place in keyed.indices { keyed[place].key *= 0.5 + generator.fraction() }
    }
    keyed.sort { ($1.key, $0.index) < ($0.key, $1.index) }
    return keyed.map(\.index)
  }

  /// The hole that fits best, better where a neighbour dies at the same time; the last where none fits.
  private func best(
    for index: Int, _ line: SweepLine, _ holes: [Hole], _ births: [Int], _ before: [Int],
    _ noise: Double, _ generator: inout PlanningGenerator
  ) -> Int {
    let (size, end) = (line.sizes[index], line.end[index])
    var best = holes.count - 1
    var most = -Double.infinity
    for (place, hole) in holes.enumerated() where hole.room >= size {
      let left = Double(hole.room - size) / line.meanSize
      var score = left < 1 ? -left : -1 - 0.1 * min(left, 20)
      if hole.room == size { score += Self.foundExactly }
      if diesBeside(end, hole, line, births, before) { score += 1 }
      if noise > 0 { score += noise * generator.fraction() }
      if score > most { (most, best) = (score, place) }
    }
    return best
  }

  private func diesBeside(
    _ end: Int, _ hole: Hole, _ line: SweepLine, _ births: [Int], _ before: [Int]
  ) -> Bool {
    if hole.below == end || hole.above == end { return true }
    var other = hole.last
    while other >= 0 {
      if line.end[births[other]] == end { return true }
      other = before[other]
    }
    return false
  }

  /// Puts what is in each hole in an order in which those that die together are neighbours.
  ///
  /// What dies with the neighbour above hangs from the top, all else stands on the bottom.
  private mutating func fill(
    _ line: SweepLine, _ holes: [Hole], _ births: [Int], _ before: [Int]
  ) {
    var next: [Live] = []
    next.reserveCapacity(live.count + births.count)
    var done = 0
    for hole in holes where hole.last >= 0 {
      next += live[done..<hole.place]
      done = hole.place
      var (standing, hanging): ([Int], [Int]) = ([], [])
      var other = hole.last
      while other >= 0 {
        let index = births[other]
        let end = line.end[index]
        if end == hole.above && end != hole.below {
          hanging.append(index)
        } else {
          standing.append(index)
        }
        other = before[other]
      }
      standing.sort {
        let (a, b) = (line.end[$0], line.end[$1])
        return (a == hole.below ? -1 : a, $0) < (b == hole.below ? -1 : b, $1)
      }
      var bottom = hole.bottom
      for (list, start) in [
        (standing, bottom), (hanging, hole.top - hanging.reduce(0) { $0 + line.sizes[$1] }),
      ] where !list.isEmpty {
        bottom = start
        for index in list {
          placed.append(Place(index: index, offset: bottom))
          next.append(Live(bottom: bottom, top: bottom + line.sizes[index], end: line.end[index]))
          bottom += line.sizes[index]
        }
      }
    }
    next += live[done...]
    live = next
    height = max(height, live.last?.top ?? 0)
  }

  /// Counts what will not be one hole: neighbours that die at different times, and holes.
  mutating func judge(_ line: SweepLine, target: Int) {
    var (top, end) = (0, -1)
    cost = Self.costOfHeight * Double(height - target) / line.meanSize
    for next in live {
      if next.bottom > top { cost += Self.costOfHole } else if next.end != end { cost += 1 }
      (top, end) = (next.top, next.end)
    }
  }

  private static let costOfHeight = 100.0
  private static let costOfHole = 1.5
}
