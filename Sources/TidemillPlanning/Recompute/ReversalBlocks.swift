/// The states of a ``ReversalGraph``: what is forward in a graph, and where one value alone leads on.
struct ReversalBlocks {
  /// What comes before the turn, in order.
  let operations: [Int]
  /// The places in there of states; the last one is the turn.
  private(set) var ends: [Int]
  private let problem: RecomputeProblem
  private let order: [Int]
  /// By operation: its place among those before the turn, or -1.
  private let place: [Int]

  /// Takes the first turn that leaves the most states: behind the true one, what is read from far before
  /// goes around them.
  init(_ problem: RecomputeProblem, order: [Int]) {
    self.problem = problem
    self.order = order
    var best: (place: Int, ends: Int) = (-1, 0)
    var step = max(1, order.count / 128)
    var wanted = Array(stride(from: order.count - 1, through: 0, by: -step))
    while !order.isEmpty {
      for place in wanted {
        let ends = Self.ends(problem, Self.forward(problem, order, to: place)).count
        if (ends, -place) > (best.ends, -best.place) { best = (place, ends) }
      }
      if step == 1 { break }
      let near = max(1, step / 8)
      wanted = (-8...8).map { best.place + $0 * near }.filter(order.indices.contains)
      step = near
    }
    operations = Self.forward(problem, order, to: best.place)
    ends = Self.ends(problem, operations)
    var place = [Int](repeating: -1, count: order.count)
    for (index, operation) in operations.enumerated() { place[operation] = index }
    self.place = place
  }

  /// An operation and all that it depends on, in order.
  private static func forward(
    _ problem: RecomputeProblem, _ order: [Int], to turn: Int
  ) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: order.count)
    var all: [Int] = []
    for place in stride(from: turn, through: 0, by: -1) {
      let operation = order[place]
      guard place == turn || isNeeded[operation] else { continue }
      all.append(operation)
      for operand in problem.operands[operation] { isNeeded[operand] = true }
    }
    return all.reversed()
  }

  /// Where all that is read later is the value that was computed last.
  private static func ends(_ problem: RecomputeProblem, _ operations: [Int]) -> [Int] {
    var last = [Int](repeating: -1, count: problem.sizes.count)
    var place = last
    for (index, operation) in operations.enumerated() {
      place[operation] = index
      for operand in problem.operands[operation] { last[operand] = index }
    }
    var ends: [Int] = []
    var reach = 0
    for (index, operation) in operations.enumerated() {
      if reach <= index { ends.append(index) }
      reach = max(reach, last[operation])
    }
    return ends
  }

  /// Joins blocks of about the same size each, but for the first, until there are about as many as asked
  /// for.
  ///
  /// What is in a block is made again at once and kept until it is reversed. So joined blocks are made
  /// again once, where one after the other takes a sweep to each.
  func coarser(_ count: Int) -> ReversalBlocks {
    let total = operations.reduce(0.0) { $0 + Double(problem.sizes[$1]) }
    var coarser = self
    coarser.ends = []
    var size = 0.0
    var next = 0
    for (place, operation) in operations.enumerated() {
      size += Double(problem.sizes[operation])
      guard ends[next] == place else { continue }
      let wanted = total * Double(coarser.ends.count) / Double(max(1, count))
      if next == 0 || next == ends.count - 1 || size >= wanted { coarser.ends.append(place) }
      next = min(next + 1, ends.count - 1)
    }
    return coarser
  }

  /// Joins blocks until each operation of the reverse needs two states in a row, and what is between them.
  ///
  /// - Returns: By operation of the reverse what it needs: 2i is state i, and 2i - 1 states i and i - 1. It is
  ///   -1 for others. `nil` where no states are left.
  mutating func joined() -> [Int]? {
    // Every round joins two at least; one that joins many ends soon.
    for _ in 0..<32 {
      guard ends.count > 2 else { return nil }
      var joins = [Bool](repeating: false, count: ends.count)
      let keys = keys(&joins)
      if !joins.contains(true) { return keys }
      // The turn stays.
      ends = zip(ends, joins).enumerated().compactMap {
        $0.element.1 && $0.offset < joins.count - 1 ? nil : $0.element.0
      }
    }
    return nil
  }

  /// - Parameter joins: By state, counted from 0, whether it has to go.
  private func keys(_ joins: inout [Bool]) -> [Int] {
    var block = [Int](repeating: 0, count: operations.count)
    var isState = [Bool](repeating: false, count: operations.count)
    var next = 1
    for index in operations.indices {
      block[index] = next
      if ends[next - 1] == index {
        isState[index] = true
        next = min(next + 1, ends.count)
      }
    }
    let needs = order.map { need($0, block, isState) }
    // Those that read a state and what is before it let all that read the latter come early.
    var isPair = [Bool](repeating: false, count: ends.count + 1)
    for need in needs where need.inside > 0 && need.last == need.inside {
      isPair[need.inside] = true
    }
    var keys = [Int](repeating: -1, count: order.count)
    for (need, operation) in zip(needs, order) where place[operation] < 0 {
      var earliest = 2 * ends.count
      for operand in problem.operands[operation] where place[operand] < 0 {
        earliest = min(earliest, keys[operand])
      }
      let (key, latest) = need.key(isPair)
      keys[operation] = min(earliest, key)
      if need.most > 0 && need.first < need.least || (need.most > 0 && earliest < latest) {
        // One block gets all of it.
        let low = max(1, min(need.lowest, (earliest + 2) / 2, need.most - 1))
        for state in stride(from: low, to: need.most, by: 1) { joins[state - 1] = true }
      }
    }
    return keys
  }

  /// What an operation of the reverse reads of what is forward.
  private struct Need {
    /// The last block of which it reads what is no state; 0 for none.
    var inside = 0
    /// The last state that it reads; 0 for none.
    var last = 0
    /// The first block or state that it reads.
    var first = Int.max
    /// The last.
    var most = 0
    /// What `first` must not be below.
    var least = 0
    /// The first block of which it needs more than the state that comes out of it.
    var lowest = 0

    /// What it needs at once, and the key behind which it is too late.
    func key(_ isPair: [Bool]) -> (key: Int, latest: Int) {
      if most == 0 { return (.max, 0) }
      if inside > 0 {
        let key = isPair[inside] ? 2 * inside - 1 : 2 * inside - 2
        return (key, key)
      }
      return first < last ? (2 * last - 1, 2 * last - 1) : (2 * last, 2 * last - 1)
    }
  }

  private func need(_ operation: Int, _ block: [Int], _ isState: [Bool]) -> Need {
    var need = Need()
    var innermost = Int.max
    guard place[operation] < 0 else { return need }
    for operand in problem.operands[operation] where place[operand] >= 0 {
      let index = place[operand]
      if isState[index] {
        need.last = max(need.last, block[index])
      } else {
        need.inside = max(need.inside, block[index])
        innermost = min(innermost, block[index])
      }
      need.first = min(need.first, block[index])
    }
    guard need.first < .max else { return need }
    need.most = max(need.inside, need.last)
    // Of one block, and the states at its ends.
    if need.inside > 0 {
      need.least = innermost < need.most ? .max : need.most - 1
    } else {
      need.least = need.most - 1
    }
    need.lowest = innermost == need.first ? need.first : need.first + 1
    return need
  }
}
