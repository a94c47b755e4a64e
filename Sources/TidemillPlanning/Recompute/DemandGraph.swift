/// A graph with its operations called by their place in an order.
package final class DemandGraph: Sendable {
  let order: [Int]
  let sizes: [Int]
  let costs: [Int]
  let operands: FlatLists
  /// Ascending.
  let users: FlatLists
  /// What is live while an operation is computed, and not behind it, where nobody else needs its operands.
  let spared: [Int]

  var count: Int { order.count }

  package init(_ problem: RecomputeProblem, order: [Int]) {
    let place = order.inverse
    self.order = order
    sizes = order.map { problem.sizes[$0] }
    costs = order.map { problem.costs[$0] }
    operands = FlatLists(order.map { problem.operands[$0].map { place[$0] } })
    users = FlatLists(order.map { problem.users[$0].map { place[$0] }.sorted() })
    spared = order.map { problem.workingSet($0) - 2 * problem.sizes[$0] }
  }
}
