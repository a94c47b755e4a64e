import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Layers: names, sharing, numbers against their definition.
@Suite struct LayerTests {
  @Test func namesOfSequential() throws {
    let network = Sequential {
      Linear(3, 4)
      ReLU()
      Sequential {
        for _ in 0..<2 { Linear(4, 4, bias: false) }
      }
      Linear(4, 2)
    }
    #expect(
      network.namedParameters.map(\.name) == [
        "0.weight", "0.bias", "2.0.weight", "2.1.weight", "3.weight", "3.bias",
      ])
    #expect(network.parameterCount == 12 + 4 + 16 + 16 + 8 + 2)
    #expect(
      try network.initialize(seed: 1).tensors.map(\.name) == network.namedParameters.map(\.name))
    // The same places in the scopes of operations, for errors.
    let text = try message { try compile { g in network(g.input("x", [5, 7])) } }
    #expect(text.contains("in 0: matmul") && text.contains("7"))
  }

  /// A layer used twice is one weight: stored once, with the sum of both gradients.
  @Test func sharedLayer() throws {
    let shared = Linear(3, 3, dtype: .float64)
    let network = Sequential {
      shared
      Tanh()
      shared
    }
    let store = try network.initialize(seed: 1)
    #expect(store.tensorsCount == 2)
    #expect(
      try message { try store.tensor(named: "2.weight") }.contains("there are 0.bias, 0.weight"))
    let x = try float64([1, 2, 3], [1, 3])
    let found = try compile { g in
      let loss = network(g.input("x", [1, 3], .float64)).sum()
      return [loss] + g.gradient(of: loss, withRespectTo: [g.read(shared.weight)])
    }
    let session = try found.session(store)
    let weights = try store.tensor(named: "0.weight")
    _ = try session.run(x)
    let gradient = try session.result(1).doubles
    // One element against differences.
    var losses: [Double] = []
    for step in [-1e-6, 1e-6] {
      var moved = weights
      try moved.withMutableScalars(as: Double.self) { $0[4] += step }
      try store.set(moved, named: "0.weight")
      losses.append(try session.run(x).item())
    }
    #expect(abs((losses[1] - losses[0]) / 2e-6 - gradient[4]) < 1e-8)
  }

  @Test func linearAndActivations() throws {
    let linear = Linear(2, 2, dtype: .float64)
    let layers: [(any Layer, @Sendable (Double) -> Double)] = [
      (ReLU(), { Swift.max($0, 0) }), (Tanh(), { tanh($0) }), (Sigmoid(), { logistic($0) }),
      (GELU(), { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }), (SiLU(), { $0 * logistic($0) }),
      (Lambda { $0 * 3 }, { $0 * 3 }),
    ]
    for (layer, function) in layers {
      let network = Sequential([linear, layer])
      let store = try network.initialize(seed: 1)
      try store.set(float64([1, 2, -3, 0.5], [2, 2]), named: "0.weight")
      try store.set(float64([0.25, -1]), named: "0.bias")
      let session = try compile { g in network(g.input("x", [2, 2], .float64)) }.session(store)
      let found = try session.run(float64([1, 0.5, -1, 2], [2, 2])).doubles
      try compare(found, [-0.25, 1.25, -6.75, -2].map(function), 1e-14, "\(layer)")
    }
  }

  @Test func losses() throws {
    let session = try compile { g in
      let x = g.input("x", [2, 2], .float64)
      let labels = g.input("labels", [2], .int32)
      return [
        meanSquaredError(x, g.input("y", [2], .float64)), softmaxCrossEntropy(x, labels: labels),
        softmax(x),
      ]
    }.session()
    let x = try float64([1, 2, 3, 5], [2, 2])
    _ = try session.run(x, Tensor([1, 0] as [Int32]), float64([0, 1]))
    #expect(try session.result(0).item() == (1 + 1 + 9 + 16) / 4)
    let expected: Double = (log1p(exp(-1)) + 2 + log1p(exp(-2))) / 2
    #expect(abs(try session.result(1).item() - expected) < 1e-14)
    try compare(
      session.result(2).doubles, [logistic(-1), logistic(1), logistic(-2), logistic(2)], 1e-15,
      "softmax")
  }

  @Test func storesRefuseWhatDoesNotFit() throws {
    let store = try Linear(2, 3).initialize(seed: 1)
    #expect(
      try message { try store.set(Tensor(zeros: [3, 2]), named: "weight") }
        .contains("'weight' is float32[2, 3], but the tensor given is float32[3, 2]"))
    #expect(
      try message { try store.set(Tensor(zeros: [3]), named: "biass") }
        .contains("no parameter 'biass'; there are bias, weight"))
    let twice = [parameter("a", try Tensor(zeros: [])), parameter("a", try Tensor(zeros: []))]
    #expect(
      try message { try TidemillTestSupport.store(twice) }.contains(
        "Two parameters have the name 'a'"))
  }
}

extension ParameterStore {
  fileprivate var tensorsCount: Int { (try? tensors.count) ?? -1 }
}
