import Testing
import TidemillPlanning

@Suite("Schedule verifier")
struct RecomputeVerifierTests {
  @Test("Sees every schedule that is broken at random", arguments: 0..<300)
  func mutations(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let problem = try reversedChain(
      5, sizes: (0..<10).map { _ in Int.random(in: 1...3, using: &random) },
      costs: (0..<10).map { _ in Int.random(in: 1...9, using: &random) }, budget: 12)
    var plan = try #require(problem.planned(deadline: .never).plan)
    try RecomputeVerifier.check(plan, of: problem)
    let place = Int.random(in: plan.steps.indices, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: plan.cost += 1
    case 1: plan.peak -= 1
    case 2: plan.lowerBound = plan.cost + 1
    case 3:  // what is computed costs something, and what is freed has a size
      guard case .compute = plan.steps.remove(at: place) else { return }
    case 4: plan.steps.insert(.compute(10), at: place)
    case 5: plan.steps.insert(.free(Int.random(in: 0..<10, using: &random)), at: 0)
    default: plan.steps.insert(plan.steps[place], at: place)
    }
    #expect(throws: RecomputeVerifier.Mistake.self, "seed \(seed)") {
      try RecomputeVerifier.check(plan, of: problem)
    }
  }

  @Test("Sees a schedule that passes the budget")
  func budget() throws {
    let wide = try RecomputeProblem(sizes: [1, 1], costs: [1, 1], edges: [], budget: 2)
    let tight = try RecomputeProblem(sizes: [1, 1], costs: [1, 1], edges: [], budget: 1)
    let plan = RecomputePlan(
      steps: [.compute(0), .compute(1)], cost: 2, peak: 2, lowerBound: 2)
    try RecomputeVerifier.check(plan, of: wide)
    #expect(throws: RecomputeVerifier.Mistake.self) {
      try RecomputeVerifier.check(plan, of: tight)
    }
  }
}
