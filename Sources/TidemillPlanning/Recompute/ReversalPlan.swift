/// Computations that reverse a ``ReversalGraph`` in a budget, by a ``ReversalTable``.
struct ReversalPlan {
  /// In order.
  private(set) var computations: [Int] = []

  private let graph: ReversalGraph
  private let deadline: Deadline

  /// Sums of units in all rows of a table: 128 MiB.
  private static let mostCosts = 1 << 24
  private static let mostUnits = 1 << 10
  /// Little room for many states may take more computations than anybody can wait for.
  private static let mostComputations = 1 << 22

  /// - Returns: `nil` where the states do not fit in this way, or the deadline is over.
  init?(_ graph: ReversalGraph, budget: Int, deadline: Deadline) {
    self.graph = graph
    self.deadline = deadline
    // All states take too long where there are many. The coarsest table is made first, to have one.
    var best: [Int]?
    var (least, marks) = (Int.max, Self.fewMarks)
    while let table = Self.table(graph, marks: marks, budget, deadline) {
      computations = []
      guard add(table, room: table.width - 1, .empty) else { break }
      let cost = table.cost(.empty, 0, table.marks.count - 1, table.width - 1)
      if cost < least { (best, least) = (computations, cost) }
      if marks >= graph.states.count { break }
      marks *= 2
    }
    guard let best else { return nil }
    computations = best + graph.singles[0].operations
  }

  private static func table(
    _ graph: ReversalGraph, marks: Int, _ budget: Int, _ deadline: Deadline
  ) -> ReversalTable? {
    let rows = marks * (marks - 1) / 2 * ReversalTable.Start.allCases.count
    let units = min(mostUnits, mostCosts / rows)
    var unit = graph.sizes.reduce(0, commonDivisor)
    if unit == 0 || budget / unit >= units {
      guard units >= unevenUnits else { return nil }
      unit = max(1, (budget + unevenUnits) / (unevenUnits - 1))
    }
    return ReversalTable(
      graph, marks: Self.marks(graph, marks), unit: unit, width: budget / unit + 1,
      deadline: deadline)
  }

  private static let fewMarks = 128
  /// Where sizes have no large common divisor: more take longer, and save little.
  private static let unevenUnits = 256

  /// All states, or small ones in about equal distances.
  private static func marks(_ graph: ReversalGraph, _ most: Int) -> [Int] {
    let last = graph.states.count - 1
    guard last >= most else { return Array(0...last) }
    // The first state is often an input, which nothing can make again.
    let step = Double(last - 1) / Double(most - 2)
    let reach = step < 4 ? 0 : step / 4
    return [0, 1]
      + (1..<(most - 2)).map { mark in
        let first = Int(Double(mark) * step - reach) + 1
        let end = max(first + 1, Int(Double(mark) * step + reach) + 1)
        return (first..<end).min { graph.sizes[$0] < graph.sizes[$1] } ?? first
      } + [last]
  }

  /// What is left to do.
  private struct Part {
    var start: ReversalTable.Start
    var first: Int
    var last: Int
    var room: Int
  }

  /// Adds the computations of all of a table's states.
  ///
  /// - Returns: Whether they fit.
  private mutating func add(_ table: ReversalTable, room: Int, _ start: ReversalTable.Start) -> Bool
  {
    var parts = [Part(start: start, first: 0, last: table.marks.count - 1, room: room)]
    while var part = parts.popLast() {
      guard computations.count <= Self.mostComputations,
        let choice = table.choice(part.start, part.first, part.last, part.room)
      else { return false }
      let states = (table.marks[part.first] + 1)...table.marks[part.last]
      switch choice {
      case .store(let stored):
        computations += graph.blocks[states.lowerBound...table.marks[stored]].joined()
        parts.append(Part(start: .last, first: part.first, last: stored, room: part.room))
        part.first = stored
        part.room -= table.units(graph.sizes[table.marks[stored]])
        parts.append(part)
      case .sweep:
        computations += graph.blocks[states].joined()
        if part.start == .behind { computations += graph.pairs[states.upperBound + 1].operations }
        reverse(table, part, &parts)
      case .reverse: reverse(table, part, &parts)
      case .forget:
        part.start = .empty
        parts.append(part)
      case .divide:
        guard let fine = table.table(between: part.first, part.last, deadline),
          add(fine, room: part.room, part.start)
        else { return false }
      }
    }
    return true
  }

  /// Reverses the last state of a part; what is before it is left.
  private mutating func reverse(_ table: ReversalTable, _ part: Part, _ parts: inout [Part]) {
    let state = table.marks[part.last]
    computations += graph.singles[state].operations
    if table.isPair(part.first, part.last) { computations += graph.pairs[state].operations }
    if let next = table.next(part.first, part.last) {
      parts.append(Part(start: next, first: part.first, last: part.last - 1, room: part.room))
    }
  }
}

extension RecomputeProblem {
  /// The schedule of a chain and its reverse by dynamic programming.
  ///
  /// - Parameter deadline: When to give up.
  /// - Returns: `nil` where the graph is no chain of blocks with its reverse, or does not fit in this way.
  package func reversed(deadline: Deadline) -> RecomputePlan? {
    let blocks = ReversalBlocks(self, order: order)
    let counts = Self.coarse.filter { $0 < blocks.ends.count }
    var best: RecomputePlan?
    for blocks in [blocks] + counts.map(blocks.coarser) where !deadline.isPast {
      guard let graph = ReversalGraph(self, order: order, blocks),
        let plan = ReversalPlan(graph, budget: budget, deadline: deadline)
      else { continue }
      let found = RecomputePlan(computing: plan.computations, self, lowerBound: baseCost)
      if found.peak <= budget, found.cost < best?.cost ?? .max { best = found }
    }
    return best
  }

  private static let coarse = [4, 8, 12, 16, 24, 32, 48, 64]
}
