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

  /// Puts what is in each hole so that what lives longest is beside the neighbours and the bottom, and what
  /// dies first is in the middle: the room that comes free is one hole at any time.
  private mutating func fill(
    _ line: SweepLine, _ holes: [Hole], _ births: [Int], _ before: [Int]
  ) {
    var next: [Live] = []
    next.reserveCapacity(live.count + births.count)
    var done = 0
    for hole in holes where hole.last >= 0 {
      next += live[done..<hole.place]
      done = hole.place
      var inside: [Int] = []
      var other = hole.last
      while other >= 0 {
        inside.append(births[other])
        other = before[other]
      }
      inside.sort { (-line.end[$0], $0) < (-line.end[$1], $1) }
      var (standing, hanging): ([Int], [Int]) = ([], [])
      var below = hole.below < 0 ? Int.max : hole.below
      // What does not fit stands above all that lives.
      var above = hole.room < 0 ? -1 : hole.above < 0 ? Int.max : hole.above
      for index in inside {
        let end = line.end[index]
        if Self.stands(end, between: below, above) {
          standing.append(index)
          below = end
        } else {
          hanging.append(index)
          above = end
        }
      }
      var bottom = hole.bottom
      for (list, start) in [
        (standing, bottom),
        (hanging.reversed(), hole.top - hanging.reduce(0) { $0 + line.sizes[$1] }),
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

  /// Whether one that dies at `end` is better beside what is below than beside what is above: the one that
  /// dies at the same time, or outlives it by the least, or where none does, dies last.
  private static func stands(_ end: Int, between below: Int, _ above: Int) -> Bool {
    if below == end { return true }
    if above == end { return false }
    if below > end && above > end { return below <= above }
    return below >= above
  }

  /// Counts what will not be one hole: neighbours that die at different times, and holes.
  /// What is to come and large counts, too, where it will find no hole.
  mutating func judge(_ line: SweepLine, at section: Int, target: Int) {
    var (top, end) = (0, -1)
    cost =
      (Self.costOfHeight * Double(height - target)
        + Self.costOfShortfall * shortfall(line, after: section)) / line.meanSize
    for next in live {
      if next.bottom > top { cost += Self.costOfHole } else if next.end != end { cost += 1 }
      (top, end) = (next.top, next.end)
    }
  }

  /// Bytes of the next large ones that find no hole where only these are born, each put where it fits
  /// best. What comes later counts less.
  ///
  /// - Complexity: O(``horizon``·n), n those that live.
  private func shortfall(_ line: SweepLine, after section: Int) -> Double {
    var live = self.live
    var short = 0.0
    var weight = 1.0
    var time = section
    for index in line.large[line.firstLarge[section + 1]...].prefix(Self.horizon) {
      if line.first[index] > time {
        time = line.first[index]
        live.removeAll { $0.end <= time }
      }
      weight *= Self.weightOfNext
      if !Self.place(index, line, in: &live, below: height) {
        short += weight * Double(line.sizes[index])
      }
    }
    return short
  }

  /// Puts one into the hole that fits it best; `false` where there is none.
  private static func place(
    _ index: Int, _ line: SweepLine, in live: inout [Live], below height: Int
  ) -> Bool {
    let (size, end) = (line.sizes[index], line.end[index])
    var (top, below) = (0, Int.max)
    var least = Int.max
    var best: (place: Int, bottom: Int)?
    for place in 0...live.count {
      let bottom = place < live.count ? live[place].bottom : height
      let room = bottom - top
      if room >= size && room < least {
        least = room
        let above = place < live.count ? live[place].end : Int.max
        best = (place, stands(end, between: below, above) ? top : bottom - size)
      }
      if place < live.count { (top, below) = (live[place].top, live[place].end) }
    }
    guard let best else { return false }
    live.insert(Live(bottom: best.bottom, top: best.bottom + size, end: end), at: best.place)
    return true
  }

  /// How many large ones are looked at.
  private static let horizon = 60
  private static let weightOfNext = 0.98
  private static let costOfShortfall = 0.5
  private static let costOfHeight = 100.0
  private static let costOfHole = 1.5
}
