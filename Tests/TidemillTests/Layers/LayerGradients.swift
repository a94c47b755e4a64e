import Testing
import Tidemill
import TidemillTestSupport

/// Compares the gradient of a weighted sum of what a layer makes, by all of its parameters, with differences.
///
/// Every run is the first step of a session of its own, so that random numbers are the same ones.
func checkParameterGradients(_ layer: any Layer, _ mode: Mode, at x: Tensor) throws {
  let parameters = layer.namedParameters
  let store = try layer.initialize(seed: 3)
  let function = try compile { g in
    let result = layer(g.input("x", x.shape, .float64), mode)
    let weight = g.iota([result.shape.count], axis: 0, .float64) * 0.125 + 0.5
    let sum = (result * weight.reshaped(to: result.shape)).sum()
    return [sum] + g.gradient(of: sum, withRespectTo: parameters.map { g.read($0.parameter) })
  }
  func run() throws -> [[Double]] {
    let session = try function.session(store, seed: 9)
    try session.run(x)
    return session.results.map(\.doubles)
  }
  let gradients = try run().dropFirst()
  for (name, gradient) in zip(parameters.map(\.name), gradients) {
    for element in gradient.indices {
      let start = try store.tensor(named: name)
      let sums = try [-0x1p-12, 0x1p-12].map { step in
        var moved = start
        try moved.withMutableScalars(as: Double.self) { $0[element] += step }
        try store.set(moved, named: name)
        return try run()[0][0]
      }
      try store.set(start, named: name)
      let expected = (sums[1] - sums[0]) * 0x1p11
      #expect(
        abs(expected - gradient[element]) <= 1e-6 * max(abs(expected), 1),
        "\(name)[\(element)]: \(gradient[element]), by differences \(expected)")
    }
  }
}

/// The numbers that a layer makes of `x`, with parameters drawn from seed 3.
func numbers(of layer: any Layer, _ mode: Mode, _ x: Tensor) throws -> Tensor {
  let function = try compile { g in layer(g.input("x", x.shape, x.dtype), mode) }
  return try function.session(layer.initialize(seed: 3)).run(x)
}

/// The same, by calling the layer without a mode, as users of a network do.
func numbers(of layer: any Layer, _ x: Tensor) throws -> Tensor {
  let function = try compile { g in layer(g.input("x", x.shape, x.dtype)) }
  return try function.session(layer.initialize(seed: 3)).run(x)
}

/// What compiling says of a layer that does not fit.
func mistake(of layer: any Layer, _ shape: Shape, _ mode: Mode = .inference) throws -> String {
  try message { try compile { g in layer(g.input("x", shape), mode) } }
}
