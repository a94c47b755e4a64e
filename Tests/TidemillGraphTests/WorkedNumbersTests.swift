import Testing
import TidemillGraph
import TidemillTestSupport

/// The numbers of the lectures (WORKED-EXAMPLES.md, worked numbers 1 to 4), in float64.
@Suite struct WorkedNumbersTests {
  /// [E] f = (x + y)·z, by every node.
  @Test func number1SumTimesNumber() throws {
    let found = try numbers([float64(-2), float64(5), float64(-4)]) { graph, v in
      let q = v[0] + v[1]
      let f = q * v[2]
      return [q, f] + graph.gradient(of: f, withRespectTo: [v[2], q, v[0], v[1]])
    }
    try compare(found.flatMap(\.self), [3, -12, 3, -4, -4, -4], 1e-12, "(x+y)z")
  }

  /// [E] The logistic function of a linear one, from its gates and as one operation.
  @Test(arguments: [false, true]) func number2Neuron(fused: Bool) throws {
    let inputs = [2, -3, -3, -1, -2].map { float64($0) }
    let found = try numbers(inputs) { graph, v in
      let sum = v[0] * v[3] + v[1] * v[4] + v[2]
      let f = fused ? sum.sigmoid() : 1 / ((-sum).exp() + 1)
      return [f] + graph.gradient(of: f, withRespectTo: [v[0], v[3], v[1], v[4], v[2]])
    }
    let expected = [
      0.7310585786300049, -0.19661193324148185, 0.3932238664829637, -0.3932238664829637,
      -0.5898357997244456, 0.19661193324148185,
    ]
    try compare(found.flatMap(\.self), expected, 1e-12, "neuron")
  }

  /// [S] Squared loss of a linear predictor.
  @Test func number3SquaredLoss() throws {
    let found = try numbers([float64([3, 1]), float64([1, 2]), float64(2)]) { graph, v in
      let prediction = v[0].matmul(v[1])
      let residual = prediction - v[2]
      let loss = residual.squared()
      return [prediction, residual, loss] + graph.gradient(of: loss, withRespectTo: [v[0]])
    }
    try compare(found.flatMap(\.self), [5, 3, 9, 6, 12], 1e-12, "squared loss")
  }

  /// [S] Hinge loss: −φy within the margin, 0 beyond it, and 0 at the margin itself.
  @Test(arguments: [0.1, -1, 2, 0.2]) func number4Hinge(label: Double) throws {
    let found = try numbers([float64([3, 1]), float64([1, 2]), float64(label)]) { graph, v in
      let margin = v[0].matmul(v[1]) * v[2]
      let loss = max(margin.like(0), 1 - margin)
      return [loss] + graph.gradient(of: loss, withRespectTo: [v[0]])
    }
    try compare(found[0], [Swift.max(0, 1 - 5 * label)], 1e-12, "hinge")
    let expected = 5 * label < 1 ? [-label, -2 * label] : [0, 0]
    try compare(found[1], expected, 1e-12, "∇w of the hinge")
  }

  /// [S] Blocks: σ' = σ(1−σ), tanh' = 1−tanh², and (a²)² has the derivative 4a³, by two paths each.
  @Test func basicBlocks() throws {
    for a in [-1.5, -0.25, 0, 0.75, 2.0] {
      let found = try numbers([float64(a)]) { graph, v in
        [v[0].sigmoid(), v[0].tanh(), v[0].squared().squared()].flatMap {
          [$0] + graph.gradient(of: $0, withRespectTo: v)
        }
      }.flatMap(\.self)
      #expect(abs(found[1] - found[0] * (1 - found[0])) < 1e-15)
      #expect(abs(found[3] - (1 - found[2] * found[2])) < 1e-15)
      #expect(abs(found[5] - 4 * a * a * a) < 1e-12)
    }
  }
}
