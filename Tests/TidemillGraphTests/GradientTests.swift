import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// The gradient transformation itself: paths, size, repetition.
@Suite struct GradientTests {
  /// A chain of diamonds, x ← sin x · x, has 2ⁿ paths. Nodes of graph and gradient.
  private func diamonds(_ count: Int, orders: Int = 1) throws -> Int {
    let graph = GraphBuilder()
    let x = graph.input("x", [], .float64)
    var value = x
    for _ in 0..<count { value = value.sin() * value }
    for _ in 0..<orders { value = graph.gradient(of: value, withRespectTo: [x])[0] }
    return try graph.graph(outputs: [value]).nodes.count
  }

  /// Linear in size: each further hundred diamonds adds the same number of nodes.
  @Test(arguments: [1, 2]) func sizeIsLinear(orders: Int) throws {
    let sizes = try [100, 200, 300].map { try diamonds($0, orders: orders) }
    #expect(sizes[1] - sizes[0] == sizes[2] - sizes[1])
    #expect(sizes[1] < (orders == 1 ? 2_000 : 10_000))
  }

  /// 200 diamonds against the chain rule, number by number.
  @Test func twoHundredDiamonds() throws {
    let found = try numbers([float64(1.5)]) { graph, v in
      var value = v[0]
      for _ in 0..<200 { value = value.cos() * 0.5 + value }
      return [value] + graph.gradient(of: value, withRespectTo: v)
    }
    var (value, derivative) = (1.5, 1.0)
    for _ in 0..<200 {
      derivative *= 1 - 0.5 * sin(value)
      value += 0.5 * cos(value)
    }
    try compare(found[0] + found[1], [value, derivative], 1e-12, "diamonds")
  }

  @Test func pathsAdd() throws {
    let found = try numbers([float64([1, 2, 3])]) { graph, v in
      let x = v[0]
      let loss = (x * x + x.exp().log() * 2 + x.slice([0..<1]).broadcast(to: [3])).sum()
      return graph.gradient(of: loss, withRespectTo: [x])
    }
    try compare(found[0], [2 + 2 + 3, 4 + 2, 6 + 2], 1e-12, "paths")
  }

  /// x⁵ five times: 5x⁴, 20x³, 60x², 120x, 120, 0.
  @Test func differentiableAgainAndAgain() throws {
    let found = try numbers([float64(1.5)]) { graph, v in
      var value = v[0] * v[0] * v[0] * v[0] * v[0]
      var results: [Value] = []
      for _ in 0..<6 {
        value = graph.gradient(of: value, withRespectTo: v)[0]
        results.append(value)
      }
      return results
    }
    let x = 1.5
    let expected = [5 * x * x * x * x, 20 * x * x * x, 60 * x * x, 120 * x, 120, 0]
    try compare(found.flatMap(\.self), expected, 1e-12, "derivatives")
  }

  /// Of what it does not depend on, or not differentiably: zeros of the right shape.
  @Test func independence() throws {
    let found = try numbers([float64([1, 2]), float64([3, 4, 5])]) { graph, v in
      graph.gradient(of: v[0].sum(), withRespectTo: v)
        + graph.gradient(of: (v[1] .> v[1].like(4)).cast(to: .float64).sum(), withRespectTo: [v[1]])
        + graph.gradient(of: v[1].argmax().cast(to: .float64), withRespectTo: [v[1]])
    }
    #expect(found == [[1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
  }

  /// By values in the middle, by the result itself, and by one value named twice.
  @Test func byAnyValue() throws {
    let found = try numbers([float64(3)]) { graph, v in
      let square = v[0] * v[0]
      let result = square * square
      return graph.gradient(of: result, withRespectTo: [v[0], square, result, v[0]])
    }
    #expect(found == [[108], [18], [1], [108]])
  }

  /// A Hessian is symmetric: uᵀHw = wᵀHu for a network.
  @Test func hessianIsSymmetric() throws {
    let inputs = try [
      float64([0.3, -0.5, 0.8, 0.1, 0.9, -0.2], [3, 2]),
      float64([1, -2, 0.5, 0.25, 1, 1], [3, 2]),
      float64([-1, 0.5, 2, 1, -0.5, 0.75], [3, 2]),
    ]
    let found = try numbers(inputs) { graph, v in
      let loss =
        v[0].matmul(v[0].transposed()).tanh().softmax().logSumExp().sum() + v[0].exp().sum()
      let gradient = graph.gradient(of: loss, withRespectTo: [v[0]])[0]
      let along = (0..<2).map {
        graph.gradient(of: (gradient * v[1 + $0]).sum(), withRespectTo: [v[0]])[0]
      }
      return [(along[0] * v[2]).sum(), (along[1] * v[1]).sum()]
    }
    try compare(found[0], found[1], 1e-13, "symmetry")
  }

  @Test func pullbackIsTheTransposedJacobian() throws {
    let inputs = try [
      float64([1, 2]), float64([3, -1, 2]), float64([1, 2, 3, 4, 5, 6], [3, 2]),
    ]
    let found = try numbers(inputs) { graph, v in
      graph.pullback(of: v[2].matmul(v[0]), cotangent: v[1], to: [v[0], v[2]])
    }
    #expect(found == [[10, 14], [3, 6, -1, -2, 2, 4]])
    #expect(
      try diagnostics { graph in
        graph.pullback(of: graph.fill(1, [2]), cotangent: graph.fill(1, [3]), to: [graph.fill(1)])
      }.contains("the cotangent is float32[3], but the result is float32[2]"))
  }
}
