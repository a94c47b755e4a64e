import Testing
import TidemillPlanning

@Suite("Reversal of chains")
struct ReversalChainTests {
  /// Griewank and Walther's closed form.
  static func steps(_ length: Int, _ stored: Int) -> Int {
    func choose(_ n: Int, _ k: Int) -> Int { (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) } }
    var sweeps = 0
    while choose(stored + sweeps, stored) < length { sweeps += 1 }
    return sweeps * length - choose(stored + sweeps, stored + 1)
  }

  static func even(_ length: Int) throws -> ReversalChain {
    let ones = [Int](repeating: 1, count: length)
    return try #require(ReversalChain(costs: ones, sizes: ones))
  }

  @Test("Equal steps take as many as the closed form says, for all lengths to 64", arguments: 1...8)
  func closedForm(_ stored: Int) throws {
    for length in 1...64 {
      let chain = try Self.even(length)
      #expect(chain.leastCost(budget: stored) == Self.steps(length, stored), "\(length)")
    }
  }

  @Test("Published figures")
  func published() throws {
    for (length, stored, steps) in [
      (10, 2, 20), (10, 3, 15), (20, 3, 45), (50, 3, 180), (100, 3, 490), (100, 5, 316),
      (100, 10, 222),
    ] { #expect(try Self.even(length).leastCost(budget: stored) == steps) }
    #expect(try Self.even(10).leastCost(budget: 0) == nil)
    #expect(ReversalChain(costs: [1], sizes: []) == nil)
    #expect(ReversalChain(costs: [], sizes: [])?.leastCost(budget: 0) == 0)
  }

  /// The least cost by playing every schedule that stores states only while it sweeps forward and drops
  /// each once all behind it is reversed.
  private func exhaustive(_ chain: ReversalChain, _ budget: Int) -> Int? {
    func reverse(_ end: Int, _ stored: [Int]) -> Int? {
      guard end > 0 else { return 0 }
      let kept = stored.filter { $0 < end }
      guard let top = kept.last else { return nil }
      // Which of the states on the way to the last step are stored.
      let between = Array((top + 1)..<max(top + 1, end))
      var best: Int?
      for choice in 0..<(1 << between.count) {
        let all = kept + between.indices.filter { choice >> $0 & 1 == 1 }.map { between[$0] }
        guard all.reduce(0, { $0 + chain.sizes[$1] }) <= budget else { continue }
        let sweep = chain.costs[top..<(end - 1)].reduce(0, +)
        if let rest = reverse(end - 1, all) { best = min(best ?? .max, sweep + rest) }
      }
      return best
    }
    return chain.sizes[0] <= budget ? reverse(chain.costs.count, [0]) : nil
  }

  @Test("Uneven chains cost as little as the best of all such schedules", arguments: 0..<60)
  func uneven(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let length = Int.random(in: 1...7, using: &random)
    let chain = try #require(
      ReversalChain(
        costs: (0..<length).map { _ in Int.random(in: 0...9, using: &random) },
        sizes: (0..<length).map { _ in Int.random(in: 1...4, using: &random) }))
    let budget = Int.random(in: 1...12, using: &random)
    #expect(chain.leastCost(budget: budget) == exhaustive(chain, budget), "seed \(seed)")
  }
}
