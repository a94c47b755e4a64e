import Foundation
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

  /// The normal distribution function.
  private func phi(_ x: Double) -> Double { 0.5 * (1 + erf(x * 0.5.squareRoot())) }

  /// Kolmogorov's distance to the exact distribution, and that nothing lies outside.
  @Test(arguments: [DType.float32, .float64]) func truncatedNormal(dtype: DType) throws {
    let runner = try Runner { graph in [graph.truncatedNormal([Self.count], dtype)] }
    let sorted = try runner.run(seed: 11)[0].doubles.sorted()
    #expect(sorted.allSatisfy { (-2...2).contains($0) })
    let width = phi(2) - phi(-2)
    let distance = sorted.enumerated().map { place, x in
      abs((phi(x) - phi(-2)) / width - (Double(place) + 0.5) / Double(Self.count))
    }.max()
    // Exceeded by chance once in 1600 seeds.
    #expect(try #require(distance) < 2 / Double(Self.count).squareRoot())
    #expect(abs(moments(sorted).variance - 0.7737413) < 0.01)
  }

  /// The inverse itself: through the distribution function it gives the uniform number again.
  @Test(arguments: [(DType.float32, 3e-7), (.float64, 1e-15)])
  func truncatedNormalIsTheInverse(dtype: DType, bound: Double) throws {
    let normal = try Runner { graph in [graph.truncatedNormal([Self.count], dtype)] }
    let uniform = try Runner { graph in [graph.uniform([Self.count], dtype)] }
    let (x, u) = (try normal.run(seed: 2)[0].doubles, try uniform.run(seed: 2)[0].doubles)
    let width = phi(2) - phi(-2)
    #expect(zip(x, u).allSatisfy { abs((phi($0) - phi(-2)) / width - $1) < bound })
  }

  @Test func bernoulli() throws {
    let runner = try Runner { graph in
      let ramp = graph.iota([Self.count], axis: 0, .float64) / Double(Self.count)
      let odd = try graph.constant([-1, 0, 1, 2, .nan], [5])
      return [
        graph.bernoulli(0.3, [Self.count]), graph.bernoulli(ramp), graph.bernoulli(odd),
        graph.bernoulli(0, [1000]), graph.bernoulli(1, [1000]), graph.bernoulli(0.5, [0, 3]),
      ]
    }
    let found = try runner.run(seed: 5).map(\.doubles)
    // Five standard errors.
    #expect(abs(moments(found[0]).mean - 0.3) < 0.0073)
    #expect(abs(moments(found[1]).mean - 0.5) < 0.0065)
    #expect(abs(moments(Array(found[1].prefix(10_000))).mean - 0.05) < 0.011)
    #expect(found[2] == [0, 0, 1, 1, 0])
    #expect(found[3].allSatisfy { $0 == 0 } && found[4].allSatisfy { $0 == 1 } && found[5] == [])
  }

  /// Kept elements grow by as much as is lost, the gradient goes the same way, and inference changes nothing.
  @Test(arguments: [DType.float32, .float64]) func dropout(dtype: DType) throws {
    let runner = try Runner { graph in
      let x = graph.iota([Self.count], axis: 0, dtype) + 1
      let dropped = x.dropout(0.25)
      let gradient = graph.gradient(of: dropped.sum(), withRespectTo: [x])[0]
      return [x, dropped, gradient, x.dropout(0.25, isTraining: false), x.dropout(0)]
    }
    let found = try runner.run(seed: 9).map(\.doubles)
    let kept = found[2].map { $0 == 0 ? 0.0 : 1 }
    #expect(abs(moments(kept).mean - 0.75) < 0.0069)
    for element in kept.indices {
      #expect(abs(found[1][element] - found[0][element] * found[2][element]) <= 0.02)
      #expect(kept[element] == 0 || abs(found[2][element] - 4.0 / 3) < 1e-7)
    }
    #expect(found[3] == found[0] && found[4] == found[0])
  }

  /// Every number once, whatever the count; another order at each step; the same for any threads.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 8, 31, 32, 33, 1000]) func permutation(count: Int) throws {
    let runs = try [1, 3].map { threads in
      try Runner(threads: threads) { graph in [graph.permutation(count), graph.permutation(count)] }
    }
    let first = try runs.map { try $0.run(seed: 4) }
    for result in first[0] { #expect(result.doubles.sorted() == (0..<count).map(Double.init)) }
    #expect(first[0][0].hasSameBits(as: first[1][0]))
    if count > 30 {
      #expect(first[0][0] != first[0][1])
      #expect(try runs[0].run(seed: 4)[0] != first[0][0])
    }
  }

  /// All 24 orders of four numbers are as likely: χ² of 23 degrees of freedom.
  @Test func permutationsAreUniform() throws {
    let draws = 4800
    let runner = try Runner { [$0.permutation(4)] }
    var counts: [[Double]: Int] = [:]
    for _ in 0..<draws { counts[try runner.run(seed: 1)[0].doubles, default: 0] += 1 }
    let expected = Double(draws) / 24
    let square = counts.values.reduce(0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    // Exceeded by chance once in 1000 seeds.
    #expect(counts.count == 24 && square < 49.7)
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
