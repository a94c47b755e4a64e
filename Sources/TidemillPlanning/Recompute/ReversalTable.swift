/// The least costs of reversing parts of a ``ReversalGraph`` in little room, by dynamic programming.
///
/// The state in front of a part is stored. The part makes its states up to one and stores that, reverses
/// what is behind, and then what is before. Room is counted in whole units, beside the state in front of
/// the part and what was stored before. A stored state takes whole units, so no plan needs more than it
/// says. Nothing that is stored goes before it is used up; such schedules may be cheaper where sizes
/// differ, and a search finds them from here.
///
/// **Source**: Griewank, Walther: Algorithm 799, Revolve, 2000; Beaumont et al.: Optimal checkpointing for
/// heterogeneous chains, 2019.
final class ReversalTable {
  /// How a part begins.
  enum Start: Int, CaseIterable {
    /// With its last state still to be made.
    case empty
    /// With its last state live.
    case last
    /// With the state behind its last one live, as somebody reads both.
    case behind
  }

  /// What a part does first.
  enum Choice {
    /// Makes the states up to a mark, and stores that one.
    case store(Int)
    /// Makes all states, of which only the last stays live.
    case sweep
    /// Reverses the last state, which is live.
    case reverse
    /// Forgets the last state, which is made again later.
    case forget
    /// What a table of all states between two marks tells.
    case divide
  }

  static let outOfReach = 1 << 58

  let graph: ReversalGraph
  /// States at which parts begin and end, ascending.
  let marks: [Int]
  let unit: Int
  /// Room is less than this.
  let width: Int
  private let count: Int
  /// For each start, by part and room.
  private let costs: UnsafeMutablePointer<Int>
  /// By two marks, the most that is live on the way, beside the first state.
  private var needs: [Int]

  /// - Parameters:
  ///   - marks: Where two are not neighbours, a table of those between is made and dropped.
  ///   - deadline: When to give up, with `nil`.
  init?(_ graph: ReversalGraph, marks: [Int], unit: Int, width: Int, deadline: Deadline) {
    self.graph = graph
    self.marks = marks
    self.unit = unit
    self.width = width
    count = marks.count * (marks.count - 1) / 2 * width
    costs = .allocate(capacity: Start.allCases.count * count)
    costs.initialize(repeating: Self.outOfReach, count: Start.allCases.count * count)
    needs = []
    needs = marks.flatMap { first in
      var need = 0
      var next = first + 1
      return marks.map { mark in
        while next <= mark {
          need = max(need, graph.needs[next] + (next - 1 > first ? graph.sizes[next - 1] : 0))
          next += 1
        }
        return need
      }
    }
    for length in stride(from: 1, to: marks.count, by: 1) {
      for first in 0..<(marks.count - length) {
        if deadline.isPast || !fill(first, first + length, deadline) { return nil }
      }
    }
  }

  deinit { costs.deallocate() }

  /// The least cost of a part between two marks.
  func cost(_ start: Start, _ first: Int, _ last: Int, _ room: Int) -> Int {
    room < 0 ? Self.outOfReach : row(start, first, last)[room]
  }

  private func row(_ start: Start, _ first: Int, _ last: Int) -> UnsafeMutablePointer<Int> {
    costs + start.rawValue * count + (last * (last - 1) / 2 + first) * width
  }

  func units(_ size: Int) -> Int { (size + unit - 1) / unit }

  // MARK: Filling

  /// Starts that there are for parts that end with a mark.
  private func starts(_ last: Int) -> [Start] {
    let behind = marks[last] + 1
    let isRead = behind < graph.pairs.count && !graph.pairs[behind].operations.isEmpty
    return isRead ? [.empty, .last, .behind] : [.empty, .last]
  }

  private func fill(_ first: Int, _ last: Int, _ deadline: Deadline) -> Bool {
    let starts = starts(last)
    if isDivided(first, last) {
      guard let part = table(between: first, last, deadline) else { return false }
      for start in starts {
        row(start, first, last).update(
          from: part.row(start, 0, part.marks.count - 1), count: width)
      }
      return true
    }
    for start in starts {
      for stored in (first + 1)..<max(first + 1, last) { store(start, first, stored, last) }
    }
    let live = row(.last, first, last)
    if isNeighbour(last) {
      for room in 0..<width { live[room] = min(live[room], reversed(first, last, room)) }
      let swept = graph.sweep(marks[first], marks[last])
      for start in starts where start != .last {
        let all = row(start, first, last)
        let need = units(needOfSweep(start, first, last, last))
        for room in stride(from: need, to: width, by: 1) {
          all[room] = min(all[room], swept + reversed(first, last, room))
        }
      }
    }
    let forgotten = row(.empty, first, last)
    for room in 0..<width { live[room] = min(live[room], forgotten[room]) }
    return true
  }

  private func store(_ start: Start, _ first: Int, _ stored: Int, _ last: Int) {
    let size = units(graph.sizes[marks[stored]])
    let swept = graph.sweep(marks[first], marks[stored])
    let need = max(size, units(needOfSweep(start, first, stored, last)))
    let all = row(start, first, last)
    let behind = row(start, stored, last) - size
    let before = row(.last, first, stored)
    for room in stride(from: need, to: width, by: 1) {
      all[room] = min(all[room], swept + behind[room] + before[room])
    }
  }

  /// What reversing a part costs whose last state is live, and is reversed at once.
  private func reversed(_ first: Int, _ last: Int, _ room: Int) -> Int {
    let state = marks[last]
    let most = max(graph.singles[state].peak, isPair(first, last) ? graph.pairs[state].peak : 0)
    if units(graph.sizes[state] + most) > room { return Self.outOfReach }
    return next(first, last).map { cost($0, first, last - 1, room) } ?? 0
  }

  // MARK: Parts

  /// How the part before the last state begins once that is reversed; `nil` where there is none.
  func next(_ first: Int, _ last: Int) -> Start? {
    if last - 1 == first { return nil }
    return graph.pairs[marks[last]].operations.isEmpty ? .empty : .behind
  }

  /// Whether the last state is read together with the one in front of the part.
  func isPair(_ first: Int, _ last: Int) -> Bool {
    last - 1 == first && !graph.pairs[marks[last]].operations.isEmpty
  }

  private func isNeighbour(_ last: Int) -> Bool { marks[last] == marks[last - 1] + 1 }

  private func isDivided(_ first: Int, _ last: Int) -> Bool {
    last == first + 1 && !isNeighbour(last)
  }

  /// A table of all states between two marks.
  func table(between first: Int, _ last: Int, _ deadline: Deadline) -> ReversalTable? {
    ReversalTable(
      graph, marks: Array(marks[first]...marks[last]), unit: unit, width: width, deadline: deadline)
  }

  /// The size of what is live while the states up to a mark are made.
  private func needOfSweep(_ start: Start, _ first: Int, _ end: Int, _ last: Int) -> Int {
    let state = marks[last]
    let need = needs[first * marks.count + end]
    switch start {
    case .empty: return graph.singles[state].carried + need
    case .last: return graph.singles[state].carried + graph.sizes[state] + need
    case .behind:
      let pair = graph.pairs[state + 1]
      let both = end == last ? pair.peak + graph.sizes[state] : 0
      return graph.sizes[state + 1] + max(pair.carried + need, both)
    }
  }

  /// What a cheapest plan of a part does first.
  func choice(_ start: Start, _ first: Int, _ last: Int, _ room: Int) -> Choice? {
    let least = cost(start, first, last, room)
    guard least < Self.outOfReach else { return nil }
    if isDivided(first, last) { return .divide }
    if start == .last {
      if isNeighbour(last), reversed(first, last, room) == least { return .reverse }
      if cost(.empty, first, last, room) == least { return .forget }
    } else if isNeighbour(last), units(needOfSweep(start, first, last, last)) <= room,
      graph.sweep(marks[first], marks[last]) + reversed(first, last, room) == least
    {
      return .sweep
    }
    return ((first + 1)..<max(first + 1, last)).first { stored in
      let size = units(graph.sizes[marks[stored]])
      return max(size, units(needOfSweep(start, first, stored, last))) <= room
        && graph.sweep(marks[first], marks[stored]) + cost(start, stored, last, room - size)
          + cost(.last, first, stored, room) == least
    }.map { .store($0) }
  }
}
