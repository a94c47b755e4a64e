import Testing
import TidemillGraph
import TidemillTestSupport

/// Random numbers: their distribution, and that they depend on seed, step, stream and position only.
@Suite struct RandomNumberTests {
  private static let count = 100_003

  private func moments(_ x: [Double]) -> (mean: Double, variance: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count))
  }

  @Test(arguments: [DType.float32, .float64]) func distributions(dtype: DType) throws {
    let runner = try Runner { graph in
      [graph.uniform([Self.count], dtype), graph.normal([Self.count], dtype)]
    }
    let results = try runner.run(seed: 7).map(\.doubles)
    #expect(results[0].allSatisfy { (0..<1).contains($0) })
    #expect(results[1].allSatisfy { $0.isFinite })
    // Five standard errors of 100,003 samples.
    let uniform = moments(results[0])
    #expect(abs(uniform.mean - 0.5) < 0.005)
    #expect(abs(uniform.variance - 1.0 / 12) < 0.0012)
    let normal = moments(results[1])
    #expect(abs(normal.mean) < 0.016)
    #expect(abs(normal.variance - 1) < 0.023)
    // Independent: of the next element, and of the other stream.
    let shifted = zip(results[0], results[0].dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) }
    #expect(abs(moments(shifted).mean) < 0.0014)
    let across = zip(results[0], results[1]).map { ($0 - 0.5) * $1 }
    #expect(abs(moments(across).mean) < 0.005)
  }

  @Test func newAtEachStepAndSeed() throws {
    let runner = try Runner { graph in [graph.uniform([100])] }
    let first = try runner.run(seed: 1)[0]
    let second = try runner.run(seed: 1)[0]
    let again = try Runner { graph in [graph.uniform([100])] }
    #expect(try again.run(seed: 1)[0].hasSameBits(as: first))
    #expect(try again.run(seed: 1)[0].hasSameBits(as: second))
    #expect(try again.run(seed: 2)[0].doubles.allSatisfy { !second.doubles.contains($0) })
    #expect(first.doubles.allSatisfy { !second.doubles.contains($0) })
  }

  /// Two draws in one graph differ, though they look the same to the compiler.
  @Test func streamsDiffer() throws {
    let found = try numbers([]) { graph, _ in [graph.uniform([50]), graph.uniform([50])] }
    #expect(found[0] != found[1])
  }

  /// The same bits for any number of threads.
  @Test func sameForAllThreads() throws {
    let results = try [1, 2, 3, 8].map { threads in
      try Runner(threads: threads) { graph in [graph.normal([300, 517])] }.run(seed: 3)[0]
    }
    #expect(results.dropFirst().allSatisfy { $0.hasSameBits(as: results[0]) })
  }

  /// A draw that is dropped and made again under a budget is the same draw.
  @Test func sameWhenComputedAgain() throws {
    func build(_ graph: GraphBuilder) -> [Value] {
      // Lies unused while the much larger values in the middle come and go.
      let noise = graph.uniform([64, 32], .float64)
      let sums = noise.sum(axes: [0])
      let wide = graph.iota([32, 900], axis: 1, .float64).sin()
      let middle = (sums.reshaped(to: [32, 1]) * sums).matmul(wide).softmax().logSumExp()
      return [(noise * middle).sum(axes: [1])]
    }
    let free = try Runner { build($0) }
    let smallest = try #require(
      try smallestBudget { budget in _ = try Runner(budget: budget) { build($0) } })
    let tight = try Runner(budget: .bytes(smallest)) { build($0) }
    #expect(tight.executable.memory.recomputedCalls > 0)
    #expect(try tight.run(seed: 5)[0].hasSameBits(as: free.run(seed: 5)[0]))
  }
}
