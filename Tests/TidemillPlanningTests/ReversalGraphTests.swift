import Testing
import TidemillPlanning

@Suite("Reversal of graphs that are chains of blocks")
struct ReversalGraphTests {
  /// A chain with states of one place each, of which the first is too dear to be made again.
  private func even(_ length: Int, readsOutput: Bool, budget: Int) throws -> RecomputeProblem {
    let forward = readsOutput ? length + 1 : length
    return try reversedChain(
      length, sizes: (0..<(forward + length)).map { $0 < forward ? 1 : 0 },
      costs: (0..<(forward + length)).map { $0 == 0 ? 1_000_000 : $0 < forward ? 1 : 0 },
      readsOutput: readsOutput, budget: budget)
  }

  @Test(
    "Ten equal steps and 3 to 8 live states take the steps that are known to be the fewest",
    arguments: [(false, [25, 16, 14, 13, 12, 11]), (true, [53, 23, 16, 15, 14, 13])])
  func published(_ readsOutput: Bool, _ steps: [Int]) throws {
    for (index, known) in steps.enumerated() {
      let problem = try even(10, readsOutput: readsOutput, budget: 3 + index)
      let plan = try #require(problem.reversed(deadline: .never))
      try RecomputeVerifier.check(plan, of: problem)
      #expect(plan.cost == 1_000_000 + known, "\(3 + index) states")
    }
  }

  @Test("No cheaper than the cheapest schedule, and mostly as cheap", arguments: [false, true])
  func uneven(_ readsOutput: Bool) throws {
    var (found, least) = (0, 0)
    for seed in 0..<150 {
      var random = TestGenerator(seed)
      let length = Int.random(in: 2...5, using: &random)
      let count = 2 * length + (readsOutput ? 1 : 0)
      let problem = try reversedChain(
        length, sizes: (0..<count).map { _ in Int.random(in: 1...4, using: &random) },
        costs: (0..<count).map { _ in Int.random(in: 1...9, using: &random) },
        readsOutput: readsOutput, budget: Int.random(in: 8...13, using: &random))
      guard let plan = problem.reversed(deadline: .never) else { continue }
      try RecomputeVerifier.check(plan, of: problem)
      let cost = try #require(exhaustiveCost(problem))
      #expect(plan.cost >= cost, "seed \(seed)")
      found += 1
      if plan.cost == cost { least += 1 }
    }
    #expect(found > 50 && 10 * least > 9 * found, "\(least) of \(found)")
  }

  /// Griewank and Walther's figures, and two more places, as a step is not made where the state before is.
  @Test("Long chains", arguments: [(50, 3, 180), (100, 3, 490), (100, 5, 316), (100, 10, 222)])
  func long(_ length: Int, _ stored: Int, _ steps: Int) throws {
    let problem = try even(length, readsOutput: false, budget: stored + 2)
    let plan = try #require(problem.reversed(deadline: .never))
    try RecomputeVerifier.check(plan, of: problem)
    #expect(plan.cost <= 1_000_000 + steps)
  }

  @Test("Thousands of states are taken many at a time")
  func coarse() throws {
    let problem = try even(3000, readsOutput: true, budget: 30)
    let plan = try #require(problem.reversed(deadline: .never))
    try RecomputeVerifier.check(plan, of: problem)
    // With 29 states stored 3000 equal steps take about 3 each.
    #expect(plan.cost < 1_000_000 + 12_000)
  }

  /// Blocks with a branch inside, whose reverse has two operations and reads what is inside.
  @Test("Blocks with branches are computed again as a whole", arguments: 1...4)
  func blocks(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let layers = 24
    var sizes = [4]
    var costs = [1]
    var edges: [(from: Int, to: Int)] = []
    func add(_ size: Int, _ reads: [Int]) -> Int {
      sizes.append(size)
      costs.append(Int.random(in: 1...20, using: &random))
      for read in reads { edges.append((read, sizes.count - 1)) }
      return sizes.count - 1
    }
    var state = 0
    var blocks: [(input: Int, inside: [Int])] = []
    for _ in 0..<layers {
      let first = add(8, [state])
      let second = add(8, [first])
      let input = state
      state = add(4, [second, state])
      blocks.append((input, [first, second]))
    }
    var gradient = add(4, [state])
    for block in blocks.reversed() {
      let inner = add(8, [gradient, block.inside[1]])
      _ = add(0, [inner, block.inside[0]])
      gradient = add(4, [inner, gradient, block.input])
    }
    let problem = try RecomputeProblem(sizes: sizes, costs: costs, edges: edges, budget: 56)
    let plan = try #require(problem.reversed(deadline: .never))
    try RecomputeVerifier.check(plan, of: problem)
    // All takes 500 places; a third and more of what is computed is forward.
    #expect(plan.cost < 2 * problem.baseCost)
  }

  @Test("What is no chain has no such plan")
  func others() throws {
    let tree = try RecomputeProblem(
      sizes: [1, 1, 1], costs: [1, 1, 1], edges: [(0, 2), (1, 2)], budget: 3)
    #expect(tree.reversed(deadline: .never) == nil)
    let tight = try even(10, readsOutput: true, budget: 1)
    #expect(tight.reversed(deadline: .never) == nil)
    let empty = try RecomputeProblem(sizes: [], costs: [], edges: [], budget: 3)
    #expect(empty.reversed(deadline: .never) == nil)
  }
}
