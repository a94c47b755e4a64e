import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// The lectures' backward passes as they are derived by hand (WORKED-EXAMPLES.md, worked numbers 8 and 9),
/// written out in plain Swift, against the symbolic gradients, in float64.
@Suite struct WorkedAlgorithmsTests {
  private func drawn(_ count: Int, _ seed: Double) -> [Double] {
    (0..<count).map { sin(3.7 * Double($0) + seed) }
  }

  /// [P] Sigmoid perceptron, E = 1/(2N) Σ (t − out)²: ∂E/∂wᵢ = −1/N Σ (t − out) out (1 − out) xᵢ.
  @Test func number8Perceptron() throws {
    let (count, inputs) = (7, 3)
    let (x, w) = (drawn(count * inputs, 1), drawn(inputs, 2))
    let t = (0..<count).map { Double($0 % 2) }
    let found = try numbers([float64(x, [count, inputs]), float64(w), float64(t)]) { graph, v in
      let out = v[0].matmul(v[1]).sigmoid()
      let error = (v[2] - out).squared().sum() * (1 / (2 * Double(count)))
      return [error] + graph.gradient(of: error, withRespectTo: [v[1]])
    }
    let out = rows(x, inputs).map { logistic(dot($0, w)) }
    var expected = [Double](repeating: 0, count: inputs)
    var squares = 0.0
    for n in 0..<count {
      let delta = (t[n] - out[n]) * out[n] * (1 - out[n])
      for i in 0..<inputs { expected[i] -= delta * x[n * inputs + i] / Double(count) }
      squares += (t[n] - out[n]) * (t[n] - out[n])
    }
    try compare(found[0], [squares / Double(2 * count)], 1e-12, "E")
    try compare(found[1], expected, 1e-12, "∂E/∂w")
  }

  /// [P] A hidden layer of sigmoids and c sigmoid outputs, E = 1/(2cN) ΣΣ (t_k − z_k)², any c:
  /// δ_k = (z_k − t_k) z_k (1 − z_k) / (cN), δ_j = y_j (1 − y_j) Σ_k w_kj δ_k.
  @Test(arguments: [1, 2, 5]) func number8Network(outputs c: Int) throws {
    let (n, d, h) = (6, 3, 4)
    let (x, v, w) = (drawn(n * d, 1), drawn(d * h, 2), drawn(h * c, 3))
    let t = (0..<n * c).map { Double($0 % 3) / 2 }
    let found = try numbers(
      [float64(x, [n, d]), float64(v, [d, h]), float64(w, [h, c]), float64(t, [n, c])]
    ) { graph, s in
      let z = s[0].matmul(s[1]).sigmoid().matmul(s[2]).sigmoid()
      let error = (s[3] - z).squared().sum() * (1 / Double(2 * c * n))
      return graph.gradient(of: error, withRespectTo: [s[1], s[2]])
    }
    var hidden = [Double](repeating: 0, count: d * h)
    var output = [Double](repeating: 0, count: h * c)
    for sample in 0..<n {
      let input = rows(x, d)[sample]
      let y = rows(transposed(v, h), d).map { logistic(dot($0, input)) }
      let z = rows(transposed(w, c), h).map { logistic(dot($0, y)) }
      let atOutput = (0..<c).map {
        (z[$0] - t[sample * c + $0]) * z[$0] * (1 - z[$0]) / Double(c * n)
      }
      let atHidden = (0..<h).map { j in
        y[j] * (1 - y[j]) * (0..<c).reduce(0) { $0 + w[j * c + $1] * atOutput[$1] }
      }
      for (index, part) in outer(y, atOutput).enumerated() { output[index] += part }
      for (index, part) in outer(input, atHidden).enumerated() { hidden[index] += part }
    }
    try compare(found[0], hidden, 1e-12, "hidden weights, c = \(c)")
    try compare(found[1], output, 1e-12, "output weights, c = \(c)")
  }

  /// A hidden unit's function and its derivative, by the output where that is simpler.
  struct Unit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let symbolic: @Sendable (Value) -> Value
    let function: @Sendable (Double) -> Double
    let derivative: @Sendable (_ input: Double, _ output: Double) -> Double

    static let all = [
      Unit(testDescription: "sigmoid", symbolic: { $0.sigmoid() }, function: logistic) {
        $1 * (1 - $1)
      },
      Unit(testDescription: "tanh", symbolic: { $0.tanh() }, function: { tanh($0) }) {
        1 - $1 * $1
      },
      Unit(testDescription: "relu", symbolic: { $0.relu() }, function: { max($0, 0) }) { x, _ in
        x > 0 ? 1 : 0
      },
      Unit(testDescription: "linear", symbolic: { $0 }, function: { $0 }) { _, _ in 1 },
    ]
  }

  /// [P] Algorithms 6.3 and 6.4 of Goodfellow et al. for l layers, h = f(b + hW), on a minibatch, with
  /// J = mean squared error + λ Σ W²: g ← f'(a) ∘ g; ∇b = g; ∇W = hᵀg + 2λW; g ← gWᵀ.
  @Test(arguments: Unit.all, [1, 2, 4]) func number9LayersAndRegulariser(
    unit: Unit, layers: Int
  ) throws {
    let (batch, lambda) = (5, 0.01)
    let sizes = [3, 4, 2, 6, 7].prefix(layers + 1).map { $0 }
    let weights = (0..<layers).map { drawn(sizes[$0] * sizes[$0 + 1], Double($0)) }
    let biases = (0..<layers).map { drawn(sizes[$0 + 1], 0.3 + Double($0)) }
    let x = drawn(batch * sizes[0], 5)
    let t = drawn(batch * sizes[layers], 6)
    let inputs =
      try zip(weights, sizes.indices).map { try float64($0, [sizes[$1], sizes[$1 + 1]]) }
      + biases.map { try float64($0) }
      + [float64(x, [batch, sizes[0]]), float64(t, [batch, sizes[layers]])]
    let found = try numbers(inputs) { graph, v in
      var h = v[2 * layers]
      for layer in 0..<layers {
        h = unit.symbolic(h.matmul(v[layer]) + v[layers + layer])
      }
      let penalty = v[..<layers].map { $0.squared().sum() }.reduce(graph.fill(0, [], .float64), +)
      let objective = (h - v[2 * layers + 1]).squared().mean() + penalty * lambda
      return graph.gradient(of: objective, withRespectTo: Array(v[..<(2 * layers)]))
    }
    // Algorithm 6.3: forward, keeping inputs and outputs of every layer.
    var outputs = [rows(x, sizes[0])]
    var activations: [[[Double]]] = []
    for layer in 0..<layers {
      let columns = rows(transposed(weights[layer], sizes[layer + 1]), sizes[layer])
      let a = outputs[layer].map { row in
        columns.enumerated().map { dot($0.element, row) + biases[layer][$0.offset] }
      }
      activations.append(a)
      outputs.append(a.map { $0.map(unit.function) })
    }
    // Algorithm 6.4: backward.
    let scale = 2 / Double(batch * sizes[layers])
    var g = zip(outputs[layers], rows(t, sizes[layers])).map {
      zip($0, $1).map { ($0 - $1) * scale }
    }
    for layer in (0..<layers).reversed() {
      let width = sizes[layer + 1]
      g = g.indices.map { sample in
        (0..<width).map {
          g[sample][$0]
            * unit.derivative(activations[layer][sample][$0], outputs[layer + 1][sample][$0])
        }
      }
      let forBias = (0..<width).map { unit in g.reduce(0) { $0 + $1[unit] } }
      let forWeight = (0..<sizes[layer] * width).map { index in
        g.indices.reduce(2 * lambda * weights[layer][index]) {
          $0 + outputs[layer][$1][index / width] * g[$1][index % width]
        }
      }
      try compare(found[layer], forWeight, 1e-12, "∇W of layer \(layer)")
      try compare(found[layers + layer], forBias, 1e-12, "∇b of layer \(layer)")
      g = g.map { row in rows(weights[layer], width).map { dot($0, row) } }
    }
  }

  /// [C] Cross entropy with weight decay: two paths lead back to each W, and that of the decay alone gives 2λW.
  @Test func decayPath() throws {
    let (lambda, w) = (0.25, drawn(12, 4))
    let found = try numbers(
      [float64(drawn(6, 1), [2, 3]), float64(w, [3, 4]), Tensor([1, 3] as [Int32])]
    ) { graph, v in
      let loss = softmaxCrossEntropyPerRow(v[0].matmul(v[1]), labels: v[2]).mean()
      let decay = v[1].squared().sum() * lambda
      return [loss + decay, loss, decay].map { graph.gradient(of: $0, withRespectTo: [v[1]])[0] }
    }
    try compare(found[2], w.map { 2 * lambda * $0 }, 1e-15, "decay")
    try compare(found[0], zip(found[1], found[2]).map(+), 1e-15, "both paths add")
  }
}
