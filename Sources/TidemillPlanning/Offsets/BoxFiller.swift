/// Fills what is empty with boxes of nothing, so that other boxes have no holes.
///
/// Where the bytes that live fall at one time and rise by as many at a later one, a hole may be between.
/// Fillers take the place of such holes, wherever less lives than there is room for, so that the problem with
/// fillers and boxes has a bound that is no higher than the room.
struct BoxFiller {
  private typealias Filler = (lower: Int, upper: Int, size: Int)

  /// What lives in each section, fillers included.
  private var loads: [Int]
  private let room: Int
  private let deadline: Deadline
  /// How many stacks there are at the times that are being filled.
  private var stacks = 2

  /// More falls and rises are not looked at in threes.
  private static let mostForTriples = 1_500
  /// Where there are more stacks at a time, nothing is known of what is missing.
  private static let mostStacks = 4
  /// One stack alone says less than two, and is looked at with three.
  private static let stacksForOne = 3
  /// Of what may be filled, this share is, then the rest is looked at again.
  private static let shareAtOnce = 8

  /// - Parameters:
  ///   - room: What may live at a time, fillers included.
  ///   - deadline: When to fill no more.
  init(_ set: BoxSet, room: Int, deadline: Deadline) {
    var changes = [Int](repeating: 0, count: set.times)
    for box in set.boxes {
      changes[box.lower] += box.size
      changes[box.upper] -= box.size
    }
    loads = changes.dropLast().reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
    (self.room, self.deadline) = (room, deadline)
  }

  /// All of some fillers, where there is room.
  private mutating func fill(_ set: inout BoxSet, _ fillers: [Filler]) -> Bool {
    for (count, filler) in fillers.enumerated() {
      add(filler.size, filler)
      if loads[filler.lower..<filler.upper].contains(where: { $0 > room }) {
        for filler in fillers[...count] { add(-filler.size, filler) }
        return false
      }
    }
    for filler in fillers where filler.size > 0 {
      set.addFiller(from: filler.lower, to: filler.upper, filler.size)
    }
    return true
  }

  private mutating func add(_ size: Int, _ filler: Filler) {
    for section in filler.lower..<filler.upper { loads[section] += size }
  }

  // MARK: Equal falls and rises

  /// Fills from each fall to the next rise by as much, then where two and one add up.
  mutating func fillExactly(_ set: inout BoxSet) {
    var changes = [0] + zip(loads.dropFirst(), loads).map { $0 - $1 }
    var falls: [Int: [Int]] = [:]
    for time in changes.indices where changes[time] != 0 && !deadline.isPast {
      if changes[time] < 0 { falls[-changes[time], default: []].append(time) }
      if changes[time] > 0, let start = falls[changes[time]]?.popLast(),
        fill(&set, [(start, time, changes[time])])
      {
        (changes[start], changes[time]) = (0, 0)
      }
    }
    fillTriples(&set, &changes)
  }

  /// Two holes may begin or end at one time, or one where the other ends. Fillers are cut at the time between,
  /// and joined where nothing else needs them to be so.
  private mutating func fillTriples(_ set: inout BoxSet, _ changes: inout [Int]) {
    let times = changes.indices.filter { changes[$0] != 0 }
    guard times.count <= Self.mostForTriples else { return }
    let at = Dictionary(grouping: times) { changes[$0] }
    for (place, a) in times.enumerated() where changes[a] < 0 && !deadline.isPast {
      for b in times[(place + 1)...] where changes[b] != 0 {
        let last = -changes[a] - changes[b]
        guard last > 0, let c = at[last]?.first(where: { $0 > b && changes[$0] == last }) else {
          continue
        }
        let both = min(-changes[a], last)
        let fillers: [Filler] = [
          (a, b, both), (b, c, both), (a, b, -changes[a] - both), (b, c, last - both),
        ]
        guard fill(&set, fillers) else { continue }
        (changes[a], changes[b], changes[c]) = (0, 0, 0)
        break
      }
    }
  }

  // MARK: Uneven stacks

  /// Fills beside stacks that end and begin at a time, such that they are a box: those first of which there
  /// are few, and where little is lost.
  ///
  /// - Returns: Whether anything is filled.
  mutating func fillUneven(_ set: inout BoxSet) -> Bool {
    while stacks <= Self.mostStacks {
      let changes = (0..<set.times).map { size(set, set.starting[$0]) - size(set, set.ending[$0]) }
      var found: [(lost: Double, fillers: [Filler])] = []
      for time in changes.indices {
        guard let fillers = fillers(in: set, at: time) ?? filler(in: set, at: time, changes) else {
          continue
        }
        let lost = fillers.reduce(0) { $0 + Double($1.size) * Double($1.upper - $1.lower) }
        found.append((lost, fillers))
      }
      found.sort { $0.lost < $1.lost }  // is stable
      var filled = 0
      for one in found where filled <= found.count / Self.shareAtOnce && !deadline.isPast {
        if fill(&set, one.fillers) { filled += 1 }
      }
      if filled > 0 { return true }
      stacks += 1
    }
    return false
  }

  private func size(_ set: BoxSet, _ lists: [Int: [Int]]) -> Int {
    lists.values.reduce(0) { $0 + set.size(of: $1) }
  }

  /// What is missing to one stack that ends where none begins, or begins where none ends: up to where as much
  /// is missing on the other side.
  private func filler(in set: BoxSet, at time: Int, _ changes: [Int]) -> [Filler]? {
    guard stacks >= Self.stacksForOne, set.ending[time].count + set.starting[time].count == 1 else {
      return nil
    }
    let size = abs(changes[time])
    if changes[time] < 0 {
      return changes[(time + 1)...].firstIndex { $0 >= size }.map { [(time, $0, size)] }
    }
    return changes[..<time].lastIndex { -$0 >= size }.map { [($0, time, size)] }
  }

  /// What is missing beside stacks of a time; `nil` where there are too many, or nothing is missing.
  private func fillers(in set: BoxSet, at time: Int) -> [Filler]? {
    let (ending, starting) = (set.ending[time], set.starting[time])
    guard ending.count + starting.count <= stacks, let lower = ending.keys.min(),
      let upper = starting.keys.max()
    else { return nil }
    let missing = size(set, starting) - size(set, ending)
    var fillers: [Filler] = []
    for (key, list) in ending where key > lower { fillers.append((lower, key, set.size(of: list))) }
    for (key, list) in starting where key < upper {
      fillers.append((key, upper, set.size(of: list)))
    }
    if missing > 0 { fillers.append((lower, time, missing)) }
    if missing < 0 { fillers.append((time, upper, -missing)) }
    return fillers.isEmpty ? nil : fillers.sorted { $0 < $1 }
  }
}
