import TidemillGraph

/// Which values of a computation to keep in a bounded memory, and which to compute again.
///
/// Every operation makes one value and is computed at least once, in any order that its operands
/// allow. Nothing has to be left at the end.
package struct RecomputeProblem: Sendable {
  /// By operation: the size of its value.
  package let sizes: [Int]
  /// By operation: what it costs to compute, each time.
  package let costs: [Int]
  /// By operation: the operations whose values it reads, each once, ascending.
  package let operands: [[Int]]
  /// What the sizes of all that is live, output included, may sum to.
  package let budget: Int
  /// A topological order: as given where that is one.
  package let order: [Int]
  /// By operation: those that read its value.
  let users: [[Int]]

  /// Sums of sizes and costs stay far from the end of `Int`, also of many computations of each.
  package static let mostTotal = 1 << 50
  /// The search keeps a bit for each pair of operations.
  package static let mostOperations = 10_000

  /// A problem.
  ///
  /// - Parameters:
  ///   - sizes: Not negative; one for each operation.
  ///   - costs: Not negative; one for each operation.
  ///   - edges: Pairs of an operation and one that reads its value.
  ///   - budget: In the unit of the sizes.
  /// - Throws: `plan` where there are too many operations, numbers are negative or too large, an edge
  ///   leads to nowhere or is there twice, or there is a cycle. Operations are counted from 0.
  package init(sizes: [Int], costs: [Int], edges: [(from: Int, to: Int)], budget: Int) throws {
    guard sizes.count == costs.count, sizes.count <= Self.mostOperations else {
      throw TidemillError(
        .plan,
        "There are \(sizes.count) sizes and \(costs.count) costs, but there must be as many of both, "
          + "and no more than \(Self.mostOperations).")
    }
    try Self.check(sizes, "size")
    try Self.check(costs, "cost")
    var operands = [[Int]](repeating: [], count: sizes.count)
    for edge in edges {
      guard sizes.indices ~= edge.from, sizes.indices ~= edge.to, edge.from != edge.to else {
        throw TidemillError(
          .plan,
          "An edge leads from operation \(edge.from) to \(edge.to), but operations are 0 to "
            + "\(sizes.count - 1), and none reads its own value.")
      }
      operands[edge.to].append(edge.from)
    }
    for index in operands.indices {
      operands[index].sort()
      if let twice = zip(operands[index], operands[index].dropFirst()).first(where: { $0 == $1 }) {
        throw TidemillError(
          .plan, "The edge from operation \(twice.0) to \(index) is there twice.")
      }
    }
    var users = [[Int]](repeating: [], count: sizes.count)
    for (index, read) in operands.enumerated() {
      for operand in read { users[operand].append(index) }
    }
    self.sizes = sizes
    self.costs = costs
    self.operands = operands
    self.users = users
    self.budget = budget
    order = try Self.order(operands, users)
  }

  private static func check(_ numbers: [Int], _ name: String) throws {
    var sum = 0
    for (index, number) in numbers.enumerated() {
      guard number >= 0, number < mostTotal, sum + number < mostTotal else {
        throw TidemillError(
          .plan,
          "Operation \(index) has the \(name) \(number); a \(name) is 0 or more, and all sum to less "
            + "than 2^50.")
      }
      sum += number
    }
  }

  /// The given order, or one that takes the first in it that can be computed.
  private static func order(_ operands: [[Int]], _ users: [[Int]]) throws -> [Int] {
    if operands.indices.allSatisfy({ (operands[$0].last ?? -1) < $0 }) {
      return Array(operands.indices)
    }
    var missing = operands.map(\.count)
    var ready = missing.indices.filter { missing[$0] == 0 }
    var order: [Int] = []
    while order.count < ready.count {
      let index = ready[order.count]
      order.append(index)
      for user in users[index] {
        missing[user] -= 1
        if missing[user] == 0 { ready.append(user) }
      }
    }
    if let stuck = missing.indices.first(where: { missing[$0] > 0 }) {
      throw TidemillError(
        .plan, "Operation \(stuck) waits for itself: the edges before it have a cycle.")
    }
    return order
  }

  /// What it costs to compute everything once.
  package var baseCost: Int { costs.reduce(0, +) }

  /// The size of an operation's operands and of its value.
  func workingSet(_ operation: Int) -> Int {
    operands[operation].reduce(sizes[operation]) { $0 + sizes[$1] }
  }
}
