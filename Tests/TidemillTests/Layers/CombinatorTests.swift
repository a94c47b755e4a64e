import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Layers of layers and small layers with parameters: numbers against plain formulas, gradients against differences.
@Suite struct CombinatorTests {
  private let x: [Double] = [0.5, -1, 2, 0.25, 1.5, -0.75]

  /// `x·W + b` by the definition, for numbers of a layer's own.
  private func linear(_ x: [Double], _ linear: Linear, _ name: String, _ store: ParameterStore)
    throws -> [Double]
  {
    let weight = try store.tensor(named: "\(name).weight").doubles
    let bias = try store.tensor(named: "\(name).bias").doubles
    let columns = bias.count
    return rows(x, weight.count / columns).flatMap { row in
      (0..<columns).map { column in
        bias[column] + row.indices.reduce(0) { $0 + row[$1] * weight[$1 * columns + column] }
      }
    }
  }

  @Test(arguments: Mode.allCases) func residual(mode: Mode) throws {
    let inner = Linear(3, 3, dtype: .float64)
    let layer = Residual {
      inner; Tanh()
    }
    let input = try float64(x, [2, 3])
    let made = try linear(x, inner, "0", layer.initialize(seed: 3))
    let expected = zip(x, made).map { $0 + tanh($1) }
    try compare(numbers(of: layer, mode, input).doubles, expected, 1e-14, "residual")
    try checkParameterGradients(layer, mode, at: input)

    #expect(
      try mistake(of: Residual { Linear(3, 1) }, [2, 3])
        .contains("Residual: the layers make float32[2, 1] of float32[2, 3]"))
  }

  @Test(arguments: Mode.allCases) func parallel(mode: Mode) throws {
    let (first, second) = (Linear(3, 2, dtype: .float64), Linear(3, 1, dtype: .float64))
    let input = try float64(x, [2, 3])
    let layer = Parallel {
      first; Sequential { second }; Tanh()
    }
    let store = try layer.initialize(seed: 3)
    let left = rows(try linear(x, first, "0", store), 2)
    let right = rows(try linear(x, second, "1.0", store), 1)
    let expected = (0..<2).flatMap { left[$0] + right[$0] + rows(x, 3)[$0].map { tanh($0) } }
    try compare(numbers(of: layer, mode, input).doubles, expected, 1e-14, "parallel")
    try checkParameterGradients(layer, mode, at: input)
    // Below each other.
    let stacked = try numbers(
      of: Parallel(axis: 0) {
        Tanh(); Lambda { $0 }
      }, mode, input)
    #expect(stacked.shape == [4, 3])
    #expect(
      try mistake(
        of: Parallel(axis: 0) {
          Linear(3, 2); Tanh()
        }, [2, 3]
      ).contains("concatenate"))
    #expect(try mistake(of: Parallel {}, [2, 3]).contains("there are no values"))
  }

  @Test(arguments: Mode.allCases) func biasAndScale(mode: Mode) throws {
    let layer = Sequential {
      Scale(3, dtype: .float64); Bias(3, dtype: .float64)
    }
    let input = try float64(x, [2, 3])
    #expect(try numbers(of: layer, mode, input).doubles == x)
    try checkParameterGradients(layer, mode, at: input)
    let store = try layer.initialize(seed: 1)
    try store.set(float64([2, -1, 0.5]), named: "0.scale")
    try store.set(float64([1, 2, 3]), named: "1.bias")
    let session = try compile { g in layer(g.input("x", [2, 3], .float64), mode) }.session(store)
    #expect(try session.run(input).doubles == [2, 3, 4, 1.5, 0.5, 2.625])
    // An axis of 1 would broadcast to the layer's features: that is a mistake here.
    for shape: Shape in [[2, 1], [2, 4], []] {
      #expect(try mistake(of: Bias(3), shape).contains("must have 3 elements"))
      #expect(try mistake(of: Scale(3), shape).contains("must have 3 elements"))
    }
  }

  /// An autoencoder whose decoder is the encoder, transposed: one matrix, with the gradient of both uses.
  @Test(arguments: Mode.allCases) func tiedWeights(mode: Mode) throws {
    struct Decoder: Layer {
      let encoder: Linear
      func callAsFunction(_ x: Value, _ mode: Mode) -> Value {
        x.matmul(x.builder.read(encoder.weight).transposed())
      }
      var namedParameters: [NamedParameter] { [NamedParameter("weight", encoder.weight)] }
    }
    let encoder = Linear(3, 2, bias: false, dtype: .float64)
    let network = Sequential {
      encoder; Tanh(); Decoder(encoder: encoder); Bias(3, dtype: .float64)
    }
    #expect(network.parameterCount == 6 + 3 && network.trainableParameters.count == 2)
    let store = try network.initialize(seed: 3)
    #expect(try store.tensors.map(\.name) == ["0.weight", "3.bias"])
    let input = try float64(x, [2, 3])
    let weight = try store.tensor(named: "0.weight").doubles
    let hidden = rows(x, 3).map { row in
      (0..<2).map { unit in tanh(dot(row, rows(transposed(weight, 2), 3)[unit])) }
    }
    let expected = hidden.flatMap { unit in (0..<3).map { dot(unit, rows(weight, 2)[$0]) } }
    try compare(numbers(of: network, mode, input).doubles, expected, 1e-14, "tied")
    // By the shared weight, both of whose names are given here, only the first is in the store.
    try checkParameterGradients(Untied(network: network), mode, at: input)
  }

  /// A network with each of its parameters named once.
  private struct Untied: Layer {
    let network: Sequential
    func callAsFunction(_ input: Value, _ mode: Mode) -> Value { network(input, mode) }
    var namedParameters: [NamedParameter] {
      network.namedParameters.filter { $0.name != "2.weight" }
    }
  }

}
