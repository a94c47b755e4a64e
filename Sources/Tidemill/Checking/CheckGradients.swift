import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// Compares the symbolic gradient of a function with central differences, element by element, in float64.
///
/// ```swift
/// let report = try checkGradients(at: [Tensor([0.5, -1.5])]) { g, x in x[0].tanh().squared() }
/// print(report)   // All 2 derivatives agree.
/// ```
///
/// A result of several numbers is weighted at random, so that one gradient says something of them all. Random
/// numbers in the graph are the same ones in every run.
///
/// - Parameters:
///   - inputs: Where to look; float64 tensors are differentiated, integers and bool held fixed. Keep away from kinks.
///   - tolerance: How far two derivatives may be apart, relative, and absolute below 0.01. NaN never agrees.
///   - step: Of the differences, relative to elements larger than 1.
///   - seed: Of the weights, and of random numbers in the graph.
///   - body: Builds the function of the inputs; its result is float64. It must need no parameters: bring their
///     numbers as inputs.
/// - Returns: Every element where they differ, with both numbers.
/// - Throws: `argument` where no input is float64, one is float32, or the result is not float64; `graph`
///   with every mistake in the closure; what `body` throws.
/// - Complexity: Four runs for each element.
///
/// **Accuracy**: five-point differences, whose error is `h⁴·f⁽⁵⁾/30` and roundings of `f/h`.
public func checkGradients(
  at inputs: [Tensor], tolerance: Double = 1e-6, step: Double = 0x1p-10, seed: UInt64 = 0,
  _ body: (GraphBuilder, [Value]) throws -> Value
) throws -> GradientReport {
  let differentiated = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
  for position in differentiated where inputs[position].dtype != .float64 {
    throw TidemillError(
      .argument,
      "checkGradients: input \(position) is \(inputs[position].type), but differences need float64."
    )
  }
  guard !differentiated.isEmpty else {
    throw TidemillError(.argument, "checkGradients: no input is float64, so there is no gradient.")
  }
  let function = try WeightedFunction(inputs, differentiated, seed: seed, body)
  let gradients = try function.run(inputs).dropFirst().map { try $0.scalars(as: Double.self) }
  var disagreements: [GradientReport.Disagreement] = []
  for (input, gradient) in zip(differentiated, gradients) {
    for (element, found) in gradient.enumerated() {
      let expected = try function.difference(inputs, input, element, step: step)
      let bound = tolerance * max(abs(found), abs(expected), 1e-2)
      if abs(found - expected) <= bound { continue }
      disagreements.append(
        GradientReport.Disagreement(
          input: input, index: inputs[input].shape.index(of: element), found: found,
          expected: expected))
    }
  }
  return GradientReport(
    disagreements: disagreements, checkedElements: gradients.reduce(0) { $0 + $1.count })
}

/// `Σ wᵢ·f(x)ᵢ` and its gradients, ready to run; each run draws the same random numbers.
private struct WeightedFunction {
  private let binding: Binding
  private let arena: TensorStorage
  private let seed: UInt64

  init(
    _ inputs: [Tensor], _ differentiated: [Int], seed: UInt64,
    _ body: (GraphBuilder, [Value]) throws -> Value
  ) throws {
    let graph = GraphBuilder()
    let values = inputs.enumerated().map { graph.input("x\($0)", $1.shape, $1.dtype) }
    let result = try body(graph, values)
    guard !result.isValid || result.dtype == .float64 else {
      throw TidemillError(
        .argument, "checkGradients: the result is \(result.type), but float64 is needed.")
    }
    var generator = SeededGenerator(seed: seed)
    let weights = (0..<result.shape.count).map { _ in 0.5 + generator.unit() }
    let sum = (result * graph.constant(try Tensor(weights, shape: result.shape))).sum()
    let gradients = graph.gradient(of: sum, withRespectTo: differentiated.map { values[$0] })
    let executable = try Executable(
      graph.graph(outputs: [sum] + gradients), threads: 1, instructionSet: .preferred())
    binding = try Binding(
      executable, store: ParameterStore([], seed: 0), pool: Pool.shared(threads: 1))
    arena = try TensorStorage(byteCount: executable.plan.arenaBytes)
    binding.bind(arena: arena)
    self.seed = seed
  }

  /// The weighted sum, then the gradients.
  func run(_ inputs: [Tensor]) throws -> [Tensor] {
    for (position, tensor) in inputs.enumerated() { binding.bind(input: position, to: tensor) }
    try binding.run(seed: seed, step: 0)
    return binding.executable.program.outputTypes.indices.map { binding.output($0) }
  }

  /// The derivative of the sum by one element of an input.
  func difference(
    _ inputs: [Tensor], _ input: Int, _ element: Int, step: Double
  ) throws -> Double {
    var moved = inputs
    let center = try inputs[input].withScalars(as: Double.self) { $0[element] }
    let step = step * max(1, abs(center))
    var sum = 0.0
    for (offset, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      try moved[input].withMutableScalars(as: Double.self) { $0[element] = center + offset * step }
      sum += weight * (try run(moved)[0].item())
    }
    return sum / (12 * step)
  }
}

extension Shape {
  /// The index of an element in row-major order.
  fileprivate func index(of element: Int) -> [Int] {
    var rest = element
    var index: [Int] = []
    for extent in dimensions.reversed() {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    return index
  }
}
