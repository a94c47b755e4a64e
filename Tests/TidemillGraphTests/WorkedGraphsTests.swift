import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// What the lectures say of graphs, gates and blocks, and the figures they draw, in float64.
@Suite struct WorkedGraphsTests {
  /// [P] z = f(f(f(w))): dz/dw = f'(f(f(w))) f'(f(w)) f'(w), and f(w) is computed once.
  @Test func chainOfOneFunction() throws {
    let found = try numbers([float64(0.7)]) { graph, v in
      let z = v[0].sin().sin().sin()
      return [z] + graph.gradient(of: z, withRespectTo: v)
    }
    let (w, first, second) = (0.7, sin(0.7), sin(sin(0.7)))
    try compare(
      found[0] + found[1], [sin(second), cos(second) * cos(first) * cos(w)], 1e-12, "f∘f∘f")

    let graph = GraphBuilder()
    let input = graph.input("w", [], .float64)
    let z = input.sin().sin().sin()
    let whole = try graph.graph(outputs: [z] + graph.gradient(of: z, withRespectTo: [input]))
    for name in ["sin", "cos"] {
      #expect(whole.nodes.filter { $0.operation.name == name }.count == 3, "\(name)")
    }
  }

  /// [E] Gates, of a gradient g = 7: add distributes it, multiply swaps, copy adds, max routes, at a tie to the first.
  @Test func gates() throws {
    func gradients(_ a: Double, _ b: Double, _ gate: @escaping @Sendable (Value, Value) -> Value)
      throws
      -> [Double]
    {
      try numbers([float64(a), float64(b)]) { graph, v in
        graph.pullback(
          of: gate(v[0], v[1]), cotangent: graph.fill(7, .scalar, .float64), to: v)
      }.flatMap(\.self)
    }
    #expect(try gradients(3, -2) { $0 + $1 } == [7, 7])
    #expect(try gradients(3, -2) { $0 * $1 } == [-14, 21])
    #expect(try gradients(3, -2) { a, _ in a + a } == [14, 0])
    #expect(try gradients(3, -2) { max($0, $1) } == [7, 0])
    #expect(try gradients(-3, -2) { max($0, $1) } == [0, 7])
    #expect(try gradients(3, 3) { max($0, $1) } == [7, 0])
  }

  /// [S] Blocks of two numbers and their derivatives: a+b, a−b, a·b, a², max(a, b).
  @Test(arguments: [(2.5, -1.5), (-0.5, 4)]) func blocks(a: Double, b: Double) throws {
    let found = try numbers([float64(a), float64(b)]) { graph, v in
      [v[0] + v[1], v[0] - v[1], v[0] * v[1], v[0].squared(), max(v[0], v[1])].flatMap {
        [$0] + graph.gradient(of: $0, withRespectTo: v)
      }
    }
    let isFirst = a > b ? 1.0 : 0
    let expected = [
      [a + b, 1, 1], [a - b, 1, -1], [a * b, b, a], [a * a, 2 * a, 0],
      [Swift.max(a, b), isFirst, 1 - isFirst],
    ]
    try compare(found.flatMap(\.self), expected.flatMap(\.self), 1e-12, "blocks")
  }

  /// [C] Figure: H = max{0, XW + b}, a layer of a whole batch; b is copied to every row, so its gradients add.
  @Test func figureOfReLULayer() throws {
    let inputs = try [
      float64([1, 2, 0, -1], [2, 2]), float64([1, -1, 0.5, 2], [2, 2]), float64([-1, 0.5]),
    ]
    let found = try numbers(inputs) { graph, v in
      let h = (v[0].matmul(v[1]) + v[2]).relu()
      return [h] + graph.gradient(of: h.sum(), withRespectTo: v)
    }
    // XW + b = [[1, 3.5], [−1.5, −1.5]]
    let expected = [[1, 3.5, 0, 0], [0, 2.5, 0, 0], [1, 1, 2, 2], [1, 1]]
    for (found, expected) in zip(found, expected) { try compare(found, expected, 1e-12, "layer") }
  }

  /// [P] Figure d: linear regression ŷ = xᵀw with weight decay λ Σ w²; w is used twice, and both gradients add.
  @Test func figureOfWeightDecay() throws {
    let found = try numbers([float64([3, 1]), float64([1, 2]), float64(2)]) { graph, v in
      let error = (v[0].matmul(v[1]) - v[2]).squared()
      let decay = v[0].squared().sum() * 0.25
      return [error + decay, decay].flatMap {
        [$0] + graph.gradient(of: $0, withRespectTo: [v[0]])
      }
    }
    // 2rφ = (6, 12), 2λw = (1.5, 0.5)
    try compare(found.flatMap(\.self), [11.5, 7.5, 12.5, 2.5, 1.5, 0.5], 1e-12, "figure d")
  }
}
