/// Orders in which operations can be computed once each, for little that is live at a time.
package struct TopologicalOrders {
  private let problem: RecomputeProblem

  package init(_ problem: RecomputeProblem) { self.problem = problem }

  /// The given order, or one in which a budget lacks clearly less.
  package func best() -> [Int] {
    let given = problem.order
    var best = (order: given, load: load(given))
    best.load.excess *= Self.patience
    let deep = depthFirst()
    for order in [
      deep, greedy(given, isEager: false), greedy(given, isEager: true),
      greedy(deep, isEager: true),
    ] {
      let load = load(order)
      if load < best.load { best = (order, load) }
    }
    return best.order
  }

  /// Whoever wrote a graph down mostly knew a good order; small differences mean nothing once values
  /// are computed again.
  private static let patience = 0.97

  /// What a budget lacks in an order.
  package struct Load: Comparable {
    /// The sum over computations of what is live beyond the budget.
    package var excess = 0.0
    package var peak = 0

    package static func < (a: Self, b: Self) -> Bool { (a.excess, a.peak) < (b.excess, b.peak) }
  }

  /// What an order needs.
  package func load(_ order: [Int]) -> Load {
    var load = Load()
    var live = 0
    var waiting = problem.users.map(\.count)
    for operation in order {
      live += problem.sizes[operation]
      load.peak = max(load.peak, live)
      load.excess += Double(max(0, live - problem.budget))
      if waiting[operation] == 0 { live -= problem.sizes[operation] }
      for operand in problem.operands[operation] {
        waiting[operand] -= 1
        if waiting[operand] == 0 { live -= problem.sizes[operand] }
      }
    }
    return load
  }

  /// An order in which a budget lacks less, found from one by annealing.
  package func annealed(_ order: [Int], deadline: Deadline) -> [Int] {
    let place = order.inverse
    let search = OrderAnnealing(
      sizes: order.map { problem.sizes[$0] },
      operands: order.map { problem.operands[$0].map { place[$0] } }, target: problem.budget,
      seed: 1)
    let moves = Self.movesOfOperation * order.count
    return search.run(moves: moves, deadline: deadline).map { order[$0] }
  }

  private static let movesOfOperation = 1000

  // MARK: Orders

  /// From each output to what it needs; first whoever needs much while it is made, and leaves little.
  ///
  /// For trees no order needs less that computes one subtree after the other.
  ///
  /// **Source**: Liu: An application of generalized tree pebbling to sparse matrix factorization, 1987, for
  /// the order of subtrees; Sethi, Ullman: The generation of optimal code for arithmetic expressions, 1970.
  package func depthFirst() -> [Int] {
    var needs = problem.sizes
    var children = problem.operands
    for operation in problem.order {
      children[operation].sort {
        (problem.sizes[$0] - needs[$0], $0) < (problem.sizes[$1] - needs[$1], $1)
      }
      var held = 0
      var need = 0
      for child in children[operation] {
        need = max(need, held + needs[child])
        held += problem.sizes[child]
      }
      // Where paths meet, this counts what they share again and again.
      needs[operation] = min(RecomputeProblem.mostTotal, max(need, held + problem.sizes[operation]))
    }
    var order: [Int] = []
    var isDone = [Bool](repeating: false, count: problem.sizes.count)
    for output in problem.order where problem.users[output].isEmpty {
      var path = [(operation: output, next: 0)]
      while let (operation, next) = path.last {
        if isDone[operation] {
          path.removeLast()
        } else if next < children[operation].count {
          path[path.count - 1].next += 1
          path.append((children[operation][next], 0))
        } else {
          isDone[operation] = true
          order.append(operation)
        }
      }
    }
    return order
  }

  /// Takes, of what can be computed, what leaves the least live; of equal ones the first in an order.
  ///
  /// - Parameter isEager: Whether only what leaves no more live than before goes before its turn.
  package func greedy(_ order: [Int], isEager: Bool) -> [Int] {
    var missing = problem.operands.map(\.count)
    var waiting = problem.users.map(\.count)
    let place = order.inverse
    var isDone = [Bool](repeating: false, count: order.count)
    var ready = Heap<Candidate>()
    func insert(_ operation: Int) {
      let dying = problem.operands[operation].reduce(0) {
        waiting[$1] == 1 ? $0 + problem.sizes[$1] : $0
      }
      let growth = (waiting[operation] == 0 ? 0 : problem.sizes[operation]) - dying
      ready.insert(
        Candidate(growth: isEager ? (growth > 0 ? 1 : 0) : growth, place: place[operation]))
    }
    for operation in order where missing[operation] == 0 { insert(operation) }
    var result: [Int] = []
    while let candidate = ready.popFirst() {
      let operation = order[candidate.place]
      // What has become better is there twice.
      if isDone[operation] { continue }
      isDone[operation] = true
      result.append(operation)
      for operand in problem.operands[operation] {
        waiting[operand] -= 1
        guard waiting[operand] == 1 else { continue }
        for user in problem.users[operand] where !isDone[user] && missing[user] == 0 {
          insert(user)
        }
      }
      for user in problem.users[operation] {
        missing[user] -= 1
        if missing[user] == 0 { insert(user) }
      }
    }
    return result
  }

  private struct Candidate: Comparable {
    var growth: Int
    var place: Int

    static func < (a: Self, b: Self) -> Bool { (a.growth, a.place) < (b.growth, b.place) }
  }
}
