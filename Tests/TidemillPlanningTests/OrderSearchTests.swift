import Testing
import TidemillPlanning

@Suite("Search over orders")
struct OrderSearchTests {
  /// Operations in layers, each of which reads one or two of the layers just before, in a shuffled order.
  private func layers(_ random: inout TestGenerator, count: Int, budget: Int) throws
    -> RecomputeProblem
  {
    let width = 8
    var edges: [(from: Int, to: Int)] = []
    for to in width..<count {
      let start = (to / width - 1) * width
      let from = (0..<2).map { _ in
        Int.random(in: max(0, start - width / 2)..<(start + width), using: &random)
      }
      edges += Set(from).sorted().map { ($0, to) }
    }
    let names = Array(0..<count).shuffled(using: &random)
    return try RecomputeProblem(
      sizes: (0..<count).map { _ in Int.random(in: 1...20, using: &random) },
      costs: (0..<count).map { _ in Int.random(in: 1...9, using: &random) },
      edges: edges.map { (names[$0.from], names[$0.to]) }, budget: budget)
  }

  private func with(budget: Int, _ problem: RecomputeProblem) throws -> RecomputeProblem {
    try RecomputeProblem(
      sizes: problem.sizes, costs: problem.costs,
      edges: problem.operands.indices.flatMap { to in
        problem.operands[to].map { (from: $0, to: to) }
      }, budget: budget)
  }

  @Test(
    "After each move an order is topological, and lacks what it does from scratch",
    arguments: 0..<60)
  func moves(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let count = Int.random(in: 1...30, using: &random)
    let problem = try randomGraph(
      &random, count: count, budget: Int.random(in: 0...20, using: &random))
    let start = TopologicalOrders(problem).depthFirst()
    let place = start.inverse
    let search = OrderAnnealing(
      sizes: start.map { problem.sizes[$0] },
      operands: start.map { problem.operands[$0].map { place[$0] } }, target: problem.budget,
      seed: UInt64(seed))
    func check(_ found: [Int], _ name: String) {
      let order = found.map { start[$0] }
      #expect(order.sorted() == Array(0..<count), "seed \(seed), \(name)")
      let place = order.inverse
      for (operation, operands) in problem.operands.enumerated() {
        #expect(operands.allSatisfy { place[$0] < place[operation] }, "seed \(seed), \(name)")
      }
    }
    for move in 0..<40 {
      search.shake(1)
      check(search.result, "move \(move)")
      let load = TopologicalOrders(problem).load(search.result.map { start[$0] })
      #expect(load.excess == search.excess, "seed \(seed), move \(move)")
    }
    let found = search.run(moves: 500, deadline: .never)
    check(found, "end")
    let load = TopologicalOrders(problem).load(search.result.map { start[$0] })
    #expect(load.excess == search.excess, "seed \(seed), end")
  }

  /// A tenth less than the best order takes that is built by rules.
  @Test("Layers fit into less without computing anything again", arguments: 0..<6)
  func layered(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let problem = try layers(&random, count: 80, budget: 1)
    let orders = TopologicalOrders(problem)
    let deep = orders.depthFirst()
    let built = [
      problem.order, deep, orders.greedy(problem.order, isEager: false),
      orders.greedy(deep, isEager: true), orders.greedy(problem.order, isEager: true),
    ]
    let least = built.map { orders.load($0).peak }.min() ?? 0
    let tight = try with(budget: least * 9 / 10, problem)
    let plan = try #require(tight.planned(deadline: Deadline(seconds: 60)).plan)
    try RecomputeVerifier.check(plan, of: tight)
    #expect(plan.cost == tight.baseCost, "seed \(seed)")
  }

  @Test("What is made on demand is valid, and mostly there where anything is")
  func demand() throws {
    var (found, feasible) = (0, 0)
    for seed in 0..<300 {
      var random = TestGenerator(4_000 + seed)
      let count = Int.random(in: 4...7, using: &random)
      let problem = try randomGraph(
        &random, count: count, budget: Int.random(in: 4...12, using: &random))
      guard let least = exhaustiveCost(problem) else { continue }
      feasible += 1
      var schedule = DemandSchedule(
        DemandGraph(problem, order: problem.order), budget: problem.budget, taste: .init(),
        deadline: .never)
      guard schedule.run() else { continue }
      found += 1
      let computed = schedule.computed.map { problem.order[$0] }
      let plan = RecomputePlan(computing: computed, problem, lowerBound: least)
      try RecomputeVerifier.check(plan, of: problem)
      #expect(schedule.cost == plan.cost, "seed \(seed)")
    }
    #expect(feasible > 100 && 10 * found > 9 * feasible, "\(found) of \(feasible)")
  }

  /// Modules of four branches and their reverse, whose operations come in a random order.
  @Test("Changes of the order make schedules on demand cheaper", arguments: 0..<3)
  func shaken(_ seed: Int) throws {
    var random = TestGenerator(seed)
    var edges: [(from: Int, to: Int)] = []
    var (joins, branches) = ([0], [[[Int]]]())
    var count = 1
    func add(_ reads: [Int]) -> Int {
      edges += reads.map { ($0, count) }
      count += 1
      return count - 1
    }
    for module in 0..<6 {
      branches.append(
        (0..<4).map { _ in
          let first = add([joins[module]])
          return [first, add([first])]
        })
      joins.append(add(branches[module].map { $0[1] }))
    }
    var gradient = add([joins[6]])
    for module in (0..<6).reversed() {
      let back = branches[module].map { branch in
        let inner = add([gradient, branch[1]])
        return add([inner, branch[0], joins[module]])
      }
      gradient = add(back)
    }
    let names = Array(0..<count).shuffled(using: &random)
    let ones = [Int](repeating: 1, count: count)
    let problem = try RecomputeProblem(
      sizes: ones, costs: ones, edges: edges.map { (names[$0.from], names[$0.to]) }, budget: 17)
    let search = DemandSearch(problem, orders: [problem.order], seed: 1, deadline: .never)
    search.run()
    let (first, last) = (try #require(search.bests.first), try #require(search.bests.last))
    #expect(last.fits && (!first.fits || last.cost < first.cost), "seed \(seed)")
    let plan = RecomputePlan(computing: last.operations, problem, lowerBound: problem.baseCost)
    try RecomputeVerifier.check(plan, of: problem)
    #expect(plan.cost == last.cost, "seed \(seed)")
  }
}
