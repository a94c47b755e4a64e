import Testing
import TidemillPlanning

@Suite("Search over stages")
struct StageSearchTests {
  /// What a stage costs and needs, from its bits alone.
  ///
  /// It computes its own operation, what the next one keeps and it does not find, and what these need;
  /// lower places first. A value goes after its last use, unless the next stage keeps it.
  private func play(
    _ stage: Int, _ problem: RecomputeProblem, _ isKept: (Int, Int) -> Bool
  ) -> (cost: Int, peak: Int) {
    let places = problem.sizes.indices
    func keeps(_ value: Int) -> Bool { stage + 1 < places.count && isKept(value, stage + 1) }
    var computed = Set(places.filter { $0 == stage || (keeps($0) && !isKept($0, stage)) })
    for place in places.reversed() where computed.contains(place) {
      computed.formUnion(problem.operands[place].filter { !isKept($0, stage) })
    }
    let order = computed.sorted()
    let read = Set(order.flatMap { problem.operands[$0] })
    var live = Set(places.filter { isKept($0, stage) && (keeps($0) || read.contains($0)) })
    func size() -> Int { live.reduce(0) { $0 + problem.sizes[$1] } }
    var peak = size()
    for (index, operation) in order.enumerated() {
      live.insert(operation)
      peak = max(peak, size())
      let later = Set(order[(index + 1)...].flatMap { problem.operands[$0] })
      live = live.filter {
        later.contains($0) || keeps($0) || !(order[...index].contains($0) || read.contains($0))
      }
    }
    return (order.reduce(0) { $0 + problem.costs[$1] }, peak)
  }

  /// A random graph in the order of its operations.
  private func graph(_ random: inout TestGenerator) throws -> RecomputeProblem {
    let count = Int.random(in: 2...24, using: &random)
    var edges: [(from: Int, to: Int)] = []
    for to in 1..<count {
      for from in 0..<to where Int.random(in: 0..<6, using: &random) < (from == to - 1 ? 4 : 1) {
        edges.append((from, to))
      }
    }
    return try RecomputeProblem(
      sizes: (0..<count).map { _ in Int.random(in: 0...5, using: &random) },
      costs: (0..<count).map { _ in Int.random(in: 0...9, using: &random) }, edges: edges,
      budget: Int.random(in: 0...20, using: &random))
  }

  private func compare(_ state: StageState, _ problem: RecomputeProblem, _ name: String) {
    var (cost, excess) = (0, 0)
    for stage in 0..<state.count {
      let played = play(stage, problem, state.isKept)
      #expect(state.peak(stage) == played.peak, "\(name), stage \(stage)")
      cost += played.cost
      excess += max(0, played.peak - problem.budget)
    }
    #expect(state.cost == cost && state.excess == excess, "\(name)")
  }

  @Test("After each move a schedule costs and needs what it does from scratch", arguments: 0..<300)
  func moves(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let problem = try graph(&random)
    let search = StageSearch(problem, order: Array(problem.sizes.indices), seed: UInt64(seed))
    compare(search.state, problem, "seed \(seed), start")
    for move in 0..<40 {
      let before = search.state.snapshot()
      search.propose()
      compare(search.state, problem, "seed \(seed), move \(move)")
      if Bool.random(using: &random) {
        search.takeBack()
        #expect(search.state.snapshot() == before, "seed \(seed), move \(move)")
        compare(search.state, problem, "seed \(seed), back from move \(move)")
      }
    }
  }

  @Test(
    "A child has the values of some places in a row from one of two, the rest from the other",
    arguments: 0..<200)
  func crossing(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let problem = try graph(&random)
    let population = StagePopulation(
      problem, order: Array(problem.sizes.indices), seed: UInt64(seed))
    let state = population.search.state
    func mutate() -> [UInt64] {
      for _ in 0..<30 { population.search.propose() }
      return state.snapshot()
    }
    let (first, second) = (mutate(), mutate())
    func columns(_ bits: [UInt64]) -> [[Bool]] {
      // Of up to 64 values a stage has one word.
      (0..<state.count).map { value in bits.map { $0 >> UInt64(value) & 1 == 1 } }
    }
    let child = columns(population.cross(first, second))
    let parents = (columns(first), columns(second))
    let fromSecond = child.indices.filter { child[$0] != parents.0[$0] }
    for value in fromSecond { #expect(child[value] == parents.1[value], "seed \(seed)") }
    if let start = fromSecond.first, let end = fromSecond.last {
      for value in start...end { #expect(child[value] == parents.1[value], "seed \(seed)") }
    }
  }

  @Test("Of a hundred crossings some take from both")
  func crossingMixes() throws {
    var random = TestGenerator(7)
    let problem = try graph(&random)
    let population = StagePopulation(problem, order: Array(problem.sizes.indices), seed: 1)
    let first = population.search.state.snapshot()
    let none = [UInt64](repeating: 0, count: first.count)
    let children = (0..<100).map { _ in population.cross(first, none) }
    #expect(children.contains { $0 != first && $0 != none })
  }
}
