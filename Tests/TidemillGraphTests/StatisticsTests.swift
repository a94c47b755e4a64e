import Testing
import TidemillGraph
import TidemillTestSupport

/// Variances and norms.
@Suite struct StatisticsTests {
  @Test(arguments: ReductionTests.subsets) func varianceAndNorm(axes: [Int]) throws {
    let shape = [3, 4, 2, 5]
    for keeps in [false, true] {
      try checkOperation("variance \(axes)", inputs: [.uniform(Shape(shape))]) {
        $0[0].variance(axes: axes, keepingAxes: keeps)
      } oracle: {
        ReductionTests.reduce($0[0], shape, axes) { group in
          let mean = group.reduce(0, +) / Double(group.count)
          return group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(group.count)
        }
      }
      try checkOperation("norm \(axes)", inputs: [.distinct(Shape(shape))]) {
        $0[0].norm(axes: axes, keepingAxes: keeps)
      } oracle: {
        ReductionTests.reduce($0[0], shape, axes) { group in
          group.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
      }
    }
  }

  /// A mean far from 0 does not cancel the digits away, as the mean of squares would.
  @Test func varianceFarFromZero() throws {
    try checkOperation(
      "far", inputs: [.distinct([2, 9], offset: 4096)], gradient: false
    ) {
      $0[0].variance(axes: [1], correction: 1)
    } oracle: {
      rows($0[0], 9).map { row in
        let mean = row.reduce(0, +) / 9
        return row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 8
      }
    }
  }

  @Test func empty() throws {
    try checkOperation("of nothing", inputs: [.uniform([2, 0])]) {
      $0[0].variance(axes: [1]) + $0[0].norm(axes: [1])
    } oracle: { _ in
      [0, 0]
    }
    try checkOperation("no rows", inputs: [.uniform([0, 2])]) {
      $0[0].variance(axes: [1], correction: 1) + $0[0].norm(axes: [1])
    } oracle: { _ in
      []
    }
  }

  /// The stated subgradient at 0 is 0, in every order; NaN and ∞ come through.
  @Test func normAtZero() throws {
    let found = try numbers([float64([0, 0, 3, -4, .nan, 1, .infinity, 1], [4, 2])]) { graph, v in
      let norm = v[0].norm(axes: [1])
      let first = graph.gradient(of: norm.sum(), withRespectTo: v)[0]
      return [norm, first] + graph.gradient(of: first.sum(), withRespectTo: v)
    }
    #expect(found[0][0] == 0 && found[0][1] == 5 && found[0][2].isNaN && found[0][3] == .infinity)
    #expect(found[1].prefix(2) == [0, 0])
    try compare(Array(found[1][2..<4]), [0.6, -0.8], 1e-15, "gradient")
    #expect(found[2].prefix(2) == [0, 0])
  }
}
