/// The columns of a layered drawing, and the order within them.
struct LayeredColumns {
  /// A box, or the row that a wire keeps in a column it only passes.
  struct Item {
    var node: Int
    var isBox: Bool
    var column: Int
    /// Items of the column before.
    var from: [Int] = []
    /// Items of the next column.
    var to: [Int] = []
  }

  /// The boxes in the order of the nodes, then the wires that pass.
  private(set) var items: [Item] = []
  /// The items of each column from the top.
  private(set) var order: [[Int]] = []

  private static let sweeps = 12

  init(operands: [[Int]]) {
    let columns = Self.columns(operands)
    items = columns.enumerated().map { Item(node: $0.offset, isBox: true, column: $0.element) }
    connect(operands)
    order = firstOrder(operands)
    reduceCrossings()
  }

  /// One more than the deepest operand; what has none is beside its first use.
  private static func columns(_ operands: [[Int]]) -> [Int] {
    var columns = [Int](repeating: 0, count: operands.count)
    var firstUse = [Int](repeating: .max, count: operands.count)
    for (index, operands) in operands.enumerated() where !operands.isEmpty {
      columns[index] = 1 + (operands.map { columns[$0] }.max() ?? 0)
      for operand in operands { firstUse[operand] = min(firstUse[operand], columns[index]) }
    }
    for (index, operands) in operands.enumerated() where operands.isEmpty {
      columns[index] = firstUse[index] == .max ? 0 : firstUse[index] - 1
    }
    return columns
  }

  /// Connects each box to its operands, through one row a column for each wire that passes.
  private mutating func connect(_ operands: [[Int]]) {
    var wires = items.indices.map { [$0] }
    for (end, operands) in operands.enumerated() {
      for operand in Set(operands).sorted() {
        let column = items[operand].column
        while column + wires[operand].count < items[end].column {
          let last = wires[operand][wires[operand].count - 1]
          items.append(
            Item(node: operand, isBox: false, column: column + wires[operand].count))
          join(last, items.count - 1)
          wires[operand].append(items.count - 1)
        }
        join(wires[operand][items[end].column - 1 - column], end)
      }
    }
  }

  private mutating func join(_ start: Int, _ end: Int) {
    items[start].to.append(end)
    items[end].from.append(start)
  }

  /// As the expression reads: what is used first is above.
  private func firstOrder(_ operands: [[Int]]) -> [[Int]] {
    var order = [[Int]](repeating: [], count: (items.map(\.column).max() ?? -1) + 1)
    var seen = [Bool](repeating: false, count: items.count)
    // By hand, as an expression may be deeper than a stack.
    var waiting = Array(operands.indices)
    while let item = waiting.popLast() {
      guard !seen[item] else { continue }
      seen[item] = true
      order[items[item].column].append(item)
      let written = items[item].isBox ? operands[item] : []
      let places = Dictionary(
        written.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
      waiting += items[item].from.sorted {
        (places[items[$0].node] ?? 0) > (places[items[$1].node] ?? 0)
      }
    }
    return order
  }

  /// Orders columns by the mean positions of their neighbours, forwards and backwards in turn, and
  /// keeps the order with the fewest crossings.
  private mutating func reduceCrossings() {
    var best = order
    var fewest = crossings()
    for sweep in 0..<Self.sweeps where fewest > 0 {
      let backwards = sweep.isMultiple(of: 2)
      for column in backwards ? order.indices.reversed() : Array(order.indices) {
        sort(column, by: backwards ? \.to : \.from)
      }
      let count = crossings()
      if count < fewest { (best, fewest) = (order, count) }
    }
    order = best
  }

  private mutating func sort(_ column: Int, by neighbours: KeyPath<Item, [Int]>) {
    let rows = rows()
    let keys = order[column].enumerated().map { row, item in
      let near = items[item][keyPath: neighbours].map { Double(rows[$0]) }
      let mean = near.isEmpty ? Double(row) : near.reduce(0, +) / Double(near.count)
      return (mean, row, item)
    }
    order[column] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private func rows() -> [Int] {
    var rows = [Int](repeating: 0, count: items.count)
    for column in order {
      for (row, item) in column.enumerated() { rows[item] = row }
    }
    return rows
  }

  /// How many pairs of branches cross.
  private func crossings() -> Int {
    let rows = rows()
    return order.reduce(0) { count, column in
      let ends = column.flatMap { items[$0].to.map { rows[$0] }.sorted() }
      return count
        + ends.indices.reduce(0) { count, index in
          count + ends[(index + 1)...].count { $0 < ends[index] }
        }
    }
  }

  // MARK: Positions

  /// The middle of each item from the top: close to the mean of its neighbours, below the item
  /// before it, and clear of it.
  ///
  /// - Parameter half: Half the height of an item.
  func positions(_ half: (Int) -> Double) -> [Double] {
    var y = [Double](repeating: 0, count: items.count)
    func place(_ column: [Int], _ wanted: (Int) -> Double) {
      let placed = Self.spread(column.map(wanted), column.map(half))
      for (item, position) in zip(column, placed) { y[item] = position }
    }
    for column in order { place(column) { _ in 0 } }
    for sweep in 0..<Self.sweeps {
      let backwards = sweep.isMultiple(of: 2)
      for column in backwards ? order.reversed() : order {
        let before = y
        place(column) { item in
          let near = backwards ? items[item].to : items[item].from
          return near.isEmpty
            ? before[item] : near.reduce(0) { $0 + before[$1] } / Double(near.count)
        }
      }
    }
    return y
  }

  /// Puts items of a column as near to where they should be as their heights allow: the least sum of
  /// squares, by pooling those that would overlap.
  ///
  /// **Source**: Ayer, Brunk, Ewing, Reid, Silverman: An empirical distribution function for sampling
  /// with incomplete information, 1955 (pool adjacent violators).
  private static func spread(_ wanted: [Double], _ halves: [Double]) -> [Double] {
    // Measured from where each would be if all stood close together at the top.
    var offsets: [Double] = []
    var pools: [(sum: Double, count: Int)] = []
    for row in wanted.indices {
      let above = row == 0 ? 0 : offsets[row - 1] + halves[row - 1] + halves[row]
      offsets.append(above)
      pools.append((wanted[row] - above, 1))
      while pools.count > 1 {
        let (upper, lower) = (pools[pools.count - 2], pools[pools.count - 1])
        guard upper.sum / Double(upper.count) > lower.sum / Double(lower.count) else { break }
        pools.removeLast(2)
        pools.append((upper.sum + lower.sum, upper.count + lower.count))
      }
    }
    let means = pools.flatMap { pool in
      repeatElement(pool.sum / Double(pool.count), count: pool.count)
    }
    return zip(means, offsets).map { $0 + $1 }
  }
}
