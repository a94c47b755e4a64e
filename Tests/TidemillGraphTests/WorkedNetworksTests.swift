import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// The networks of the lectures (WORKED-EXAMPLES.md, worked numbers 5 to 7), in float64.
@Suite struct WorkedNetworksTests {
  private let phi = [1.0, -2.0, 0.5]

  /// [S] Two layers, (w·σ(Vφ) − y)²: ∇w = 2rh, ∇V = 2r(w∘h∘(1−h))φᵀ.
  @Test func number5TwoLayers() throws {
    let v = [0.3, -0.1, 0.8, -0.7, 0.2, 0.4]
    let (w, y) = ([1.5, -0.6], 0.25)
    let found = try numbers([float64(w), float64(v, [2, 3]), float64(phi)]) { graph, x in
      let loss = (x[0].matmul(x[1].matmul(x[2]).sigmoid()) - y).squared()
      return [loss] + graph.gradient(of: loss, withRespectTo: [x[0], x[1]])
    }
    let h = rows(v, 3).map { logistic(dot($0, phi)) }
    let r = dot(w, h) - y
    let atHidden = (0..<2).map { 2 * r * w[$0] * h[$0] * (1 - h[$0]) }
    try compare(found[0], [r * r], 1e-12, "loss")
    try compare(found[1], h.map { 2 * r * $0 }, 1e-12, "∇w")
    try compare(found[2], outer(atHidden, phi), 1e-12, "∇V")
  }

  /// [S] Four layers: all four gradients against differences, and against orders two.
  @Test func number5FourLayersGradients() throws {
    try checkOperation(
      "four layers",
      inputs: [
        .uniform([2], -1...1), .uniform([2, 4], -1...1), .uniform([4, 5], -1...1),
        .uniform([5, 3], -1...1), .uniform([3], -1...1),
      ], tolerance: Tolerance(float32: 1e-5, float64: 1e-13)
    ) { x in
      Self.fourLayers(x[0], x[1], x[2], x[3], x[4], 0.5)
    } oracle: { x in
      func layer(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        rows(matrix, vector.count).map { logistic(dot($0, vector)) }
      }
      let h = layer(x[1], layer(x[2], layer(x[3], x[4])))
      let r = dot(x[0], h) - 0.5
      return [r * r]
    }
  }

  /// [S] Four layers trained by SGD: the steps are W − η∇W exactly, and the loss goes to 0.
  @Test func number5FourLayersBySGD() throws {
    let shapes: [Shape] = [[2], [2, 4], [4, 5], [5, 3]]
    let weights = try shapes.enumerated().map { index, shape in
      parameter(
        "w\(index)", try float64((0..<shape.count).map { sin(Double($0 + 7 * index)) }, shape))
    }
    let store = try store(weights)
    let features = try float64(phi)
    let training = try Runner(store: store) { graph in
      let w = weights.map { graph.read($0) }
      let loss = Self.fourLayers(w[0], w[1], w[2], w[3], graph.constant(features), 0.5)
      let gradients = graph.gradient(of: loss, withRespectTo: w)
      for (weight, gradient) in zip(weights, gradients) {
        graph.assign(weight, graph.read(weight) - gradient * 0.2)
      }
      return [loss] + gradients
    }
    var losses: [Double] = []
    for _ in 0..<500 {
      let before = try store.tensors.map(\.tensor.doubles)
      let results = try training.run().map(\.doubles)
      losses.append(results[0][0])
      for (index, (_, tensor)) in try store.tensors.enumerated() {
        let expected = zip(before[index], results[1 + index]).map { $0 - 0.2 * $1 }
        try compare(tensor.doubles, expected, 1e-15, "w\(index)")
      }
    }
    #expect(losses[0] > 0.01)
    #expect(losses[499] < 1e-12)
  }

  private static func fourLayers(
    _ w: Value, _ v3: Value, _ v2: Value, _ v1: Value, _ phi: Value, _ y: Double
  ) -> Value {
    let h = v3.matmul(v2.matmul(v1.matmul(phi).sigmoid()).sigmoid()).sigmoid()
    return (w.matmul(h) - y).squared()
  }

  /// [T] A ReLU layer, all nodes, in vector form.
  @Test func number6Vectors() throws {
    let inputs = try [
      float64([1, 2]), float64([-1, 1, 1, -2], [2, 2]), float64([3, -1]), float64(1),
    ]
    let found = try numbers(inputs) { graph, v in
      let z = v[1].matmul(v[0])
      let h = z.relu()
      let y = v[2].matmul(h)
      let cost = 0.5 * (y - v[3]).squared()
      return [z, h, y, cost]
        + graph.gradient(of: cost, withRespectTo: [y, h, z, v[0], v[2], v[1]])
    }
    let expected: [[Double]] = [
      [1, -3], [1, 0], [3], [2], [2], [6, -2], [6, 0], [-6, 6], [2, 0], [6, 12, 0, 0],
    ]
    #expect(found == expected)
  }

  /// [T] The same for a batch, as matrices: row 0 is the lecture's, gradients of weights add over rows.
  @Test func number6Batch() throws {
    let inputs = try [
      float64([1, 2, 0.5, -1, 3, 1], [3, 2]), float64([-1, 1, 1, -2], [2, 2]), float64([3, -1]),
      float64([1, -2, 0]),
    ]
    let found = try numbers(inputs) { graph, v in
      let z = v[0].matmul(v[1].transposed())
      let y = z.relu().matmul(v[2])
      let cost = 0.5 * (y - v[3]).squared().sum()
      return [z, y] + graph.gradient(of: cost, withRespectTo: [y, z, v[0], v[2], v[1]])
    }
    // ∇W by hand: rows of (∇z)ᵀx, that is 6·(1,2) and ½·(½,−1) + 1·(3,1).
    // Rows: x = (1,2), (½,−1), (3,1); Wx = (1,−3), (−1½,2½), (−2,1); y = 3, −2½, −1; t = 1, −2, 0.
    #expect(found[0] == [1, -3, -1.5, 2.5, -2, 1])
    #expect(found[1] == [3, -2.5, -1])
    #expect(found[2] == [2, -0.5, -1])
    #expect(found[3] == [6, 0, 0, 0.5, 0, 1])
    #expect(found[4] == [-6, 6, 0.5, -1, 1, -2])
    #expect(found[5] == [2, -2.25])
    #expect(found[6] == [6, 12, 3.25, 0.5])
  }

  /// [C] One neuron: ∂L/∂w = 2(ŷ−y)x, and the update w − ηδx, with bias as one more input that is 1.
  @Test func number7Neuron() throws {
    let (x, w, y, rate) = ([0.5, -1, 2, 1], [1.0, 0.25, -0.5, 0.125], 0.75, 0.1)
    let weight = parameter("w", try float64(w))
    let store = try store([weight])
    let runner = try Runner(store: store) { graph in
      let prediction = try graph.constant(x, [4]).matmul(graph.read(weight))
      let delta = prediction - y
      let loss = delta.squared()
      // The 2 is ignored by taking ½ of the loss.
      let half = graph.gradient(of: loss * 0.5, withRespectTo: [graph.read(weight)])[0]
      graph.assign(weight, graph.read(weight) - half * rate)
      return [delta] + graph.gradient(of: loss, withRespectTo: [graph.read(weight)])
    }
    let found = try runner.run().map(\.doubles)
    let delta = dot(x, w) - y
    try compare(found[0], [delta], 1e-12, "δ")
    try compare(found[1], x.map { 2 * delta * $0 }, 1e-12, "∂L/∂w")
    let updated = zip(w, x).map { $0 - rate * delta * $1 }
    try compare(try store.tensor(named: "w").doubles, updated, 1e-12, "w")
  }

  /// [C] A tanh layer with several outputs and bias neurons:
  /// ∂L/∂W1ᵢⱼ = Σₖ 2(ŷₖ−yₖ) w2ⱼₖ (1−tanh²aⱼ) xᵢ, and the bias' is the same with xᵢ = 1.
  @Test(arguments: [1, 3]) func number7TanhLayer(outputs: Int) throws {
    let (features, hidden) = (4, 5)
    let x = [0.5, -1, 2, 0.25]
    let w1 = (0..<features * hidden).map { cos(Double($0)) }
    let b1 = (0..<hidden).map { 0.1 * Double($0) - 0.2 }
    let w2 = (0..<hidden * outputs).map { sin(1 + Double($0)) }
    let b2 = (0..<outputs).map { 0.3 - 0.2 * Double($0) }
    let y = (0..<outputs).map { 0.5 * Double($0) }
    let inputs = try [
      float64(x), float64(w1, [features, hidden]), float64(b1), float64(w2, [hidden, outputs]),
      float64(b2), float64(y),
    ]
    let found = try numbers(inputs) { graph, v in
      let prediction = (v[0].matmul(v[1]) + v[2]).tanh().matmul(v[3]) + v[4]
      let loss = (prediction - v[5]).squared().sum()
      return [prediction] + graph.gradient(of: loss, withRespectTo: Array(v[1...4]))
    }
    let h = zip(rows(transposed(w1, hidden), features), b1).map { tanh(dot($0, x) + $1) }
    let ofOutput = rows(transposed(w2, outputs), hidden)
    let delta = (0..<outputs).map { dot(ofOutput[$0], h) + b2[$0] - y[$0] }
    let atHidden = (0..<hidden).map { j in
      2 * dot(delta, ofOutput.map { $0[j] }) * (1 - h[j] * h[j])
    }
    try compare(found[0], zip(delta, y).map { $0 + $1 }, 1e-12, "ŷ")
    try compare(found[1], outer(x, atHidden), 1e-12, "∂W1")
    try compare(found[2], atHidden, 1e-12, "∂b1")
    try compare(found[3], outer(h, delta.map { 2 * $0 }), 1e-12, "∂W2")
    try compare(found[4], delta.map { 2 * $0 }, 1e-12, "∂b2")
  }
}
