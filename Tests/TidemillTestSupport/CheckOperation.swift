import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// How far results may be from the oracle: relative, and absolute below 1.
package struct Tolerance: Sendable {
  package let float32: Double
  package let float64: Double

  package init(float32: Double, float64: Double) {
    (self.float32, self.float64) = (float32, float64)
  }

  package static let exact = Tolerance(float32: 0, float64: 0)
  /// A few roundings.
  package static let rounding = Tolerance(float32: 2e-6, float64: 4e-15)

  func bound(_ dtype: DType) -> Double {
    switch dtype {
    case .float32: float32
    case .float64: float64
    default: 0
    }
  }
}

/// Proves an operation: its numbers against a naive oracle, for every instruction set and both
/// floating-point types, and its gradients of orders one and two against central differences.
///
/// - Parameters:
///   - name: What is checked, for the message.
///   - inputs: Operands; no axis of one may be as long as another, so that mixed-up axes show.
///   - gradient: Whether the operation is smooth around the inputs and so differences say something.
///   - build: Records the operation.
///   - oracle: The result's elements from the operands', in float64 and row-major order.
/// - Throws: `CheckFailure` that names the operation, type, instruction set, seed and element.
package func checkOperation(
  _ name: String, inputs: [TestInput], dtypes: [DType] = [.float32, .float64],
  tolerance: Tolerance = .rounding, gradient: Bool = true, seed: UInt64 = 1,
  build: ([Value]) -> Value, oracle: ([[Double]]) -> [Double]
) throws {
  for input in inputs {
    let extents = input.shape.dimensions.filter { $0 > 1 }
    guard Set(extents).count == extents.count else {
      throw CheckFailure("\(name): the axes of an operand of shape \(input.shape) must differ")
    }
  }
  var generator = SeededGenerator(seed: seed)
  let numbers = inputs.map { $0.draw(from: &generator) }
  let expected = oracle(numbers)
  for dtype in dtypes {
    var scalar: [Double]?
    for set in InstructionSet.available {
      let place = "\(name), \(dtype), \(set), seed \(seed)"
      let runner = try Runner(instructionSet: set) { graph in
        [build(declare(inputs, dtype, in: graph))]
      }
      let tensors = try zip(inputs, numbers).map { input, numbers in
        try Tensor(numbers: numbers, shape: input.shape, input.dtype(checking: dtype))
      }
      let result = try runner.run(tensors)[0]
      let bound = tolerance.bound(result.dtype)
      try compare(result.doubles, expected, bound, "\(place), \(result.type) against the oracle")
      if let scalar {
        try compare(result.doubles, scalar, bound, "\(place), against plain C")
      }
      scalar = scalar ?? result.doubles
      if gradient && dtype == .float64 {
        try checkGradient(place, inputs, numbers, set, seed: seed, build: build)
      }
    }
  }
}

func declare(_ inputs: [TestInput], _ dtype: DType, in graph: GraphBuilder) -> [Value] {
  inputs.enumerated().map { index, input in
    graph.input("x\(index)", input.shape, input.dtype(checking: dtype))
  }
}

/// Compares element by element: relative above 1, absolute below; NaN equals NaN.
package func compare(
  _ found: [Double], _ expected: [Double], _ tolerance: Double, _ place: String
) throws {
  guard found.count == expected.count else {
    throw CheckFailure("\(place): \(found.count) elements, expected \(expected.count)")
  }
  for (element, (found, expected)) in zip(found, expected).enumerated() {
    if found == expected || (found.isNaN && expected.isNaN) { continue }
    guard abs(found - expected) <= tolerance * max(1, abs(expected)) else {
      throw CheckFailure("\(place): element \(element) is \(found), expected \(expected)")
    }
  }
}
