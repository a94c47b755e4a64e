import Testing
import TidemillPlanning

@Suite("Orders")
struct TopologicalOrderTests {
  @Test("Each order has every operation once, behind its operands", arguments: 0..<100)
  func valid(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let count = Int.random(in: 1...30, using: &random)
    let problem = try randomGraph(&random, count: count, budget: 10)
    let orders = TopologicalOrders(problem)
    let deep = orders.depthFirst()
    for order in [
      deep, orders.greedy(problem.order, isEager: false), orders.greedy(deep, isEager: true),
      orders.best(),
    ] {
      var place = [Int](repeating: -1, count: count)
      for (index, operation) in order.enumerated() { place[operation] = index }
      #expect(order.count == count && !place.contains(-1), "seed \(seed)")
      for (operation, operands) in problem.operands.enumerated() {
        #expect(operands.allSatisfy { place[$0] < place[operation] }, "seed \(seed)")
      }
    }
  }

  /// What is live, from sets alone.
  @Test("The load of an order is what its schedule needs", arguments: 0..<100)
  func load(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let count = Int.random(in: 1...20, using: &random)
    let problem = try randomGraph(
      &random, count: count, budget: Int.random(in: 0...20, using: &random))
    var (excess, peak) = (0, 0)
    for place in problem.order.indices {
      let later = Set(problem.order[place...].flatMap { problem.operands[$0] })
      let live = problem.order[...place].filter { later.contains($0) || $0 == problem.order[place] }
      let size = live.reduce(0) { $0 + problem.sizes[$1] }
      peak = max(peak, size)
      excess += max(0, size - problem.budget)
    }
    let load = TopologicalOrders(problem).load(problem.order)
    #expect(load.peak == peak && load.excess == Double(excess), "seed \(seed)")
  }

  /// A complete tree takes one value for each level, and one more, where one subtree is done after
  /// the other; with its leaves first it takes half of them.
  @Test("A tree with its leaves first is computed without computing anything again")
  func tree() throws {
    let depth = 9
    var edges: [(from: Int, to: Int)] = []
    var level = Array(0..<(1 << depth))
    var count = level.count
    while level.count > 1 {
      let next = (0..<(level.count / 2)).map { count + $0 }
      for (index, node) in next.enumerated() {
        edges += [(level[2 * index], node), (level[2 * index + 1], node)]
      }
      count += next.count
      level = next
    }
    for budget in [depth + 2, 100] {
      let ones = [Int](repeating: 1, count: count)
      let problem = try RecomputeProblem(sizes: ones, costs: ones, edges: edges, budget: budget)
      let plan = try #require(problem.planned(deadline: .never).plan)
      try RecomputeVerifier.check(plan, of: problem)
      #expect(plan.cost == count)
    }
  }

  @Test("Training steps in a shuffled order fit where the given order would")
  func shuffled() throws {
    var random = TestGenerator(3)
    let layers = 60
    let edges = (1..<(2 * layers)).flatMap { node -> [(from: Int, to: Int)] in
      let back = (from: 2 * layers - 1 - node, to: node)
      return node <= layers ? [(node - 1, node)] : [(node - 1, node), back]
    }
    // Gradients of weights, which nobody reads, wait for anybody's turn.
    let weights = (0..<layers).map { (from: layers + $0, to: 2 * layers + $0) }
    let names = Array(0..<(3 * layers)).shuffled(using: &random)
    let problem = try RecomputeProblem(
      sizes: [Int](repeating: 1, count: 3 * layers), costs: [Int](repeating: 1, count: 3 * layers),
      edges: (edges + weights).map { (names[$0.from], names[$0.to]) },
      budget: layers + 2)
    let plan = try #require(problem.planned(deadline: .never).plan)
    try RecomputeVerifier.check(plan, of: problem)
    #expect(plan.cost == 3 * layers)
  }
}
