import TidemillGraph
import TidemillRuntime

/// A float64 tensor: one axis, unless a shape is given.
package func float64(_ numbers: [Double], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor(numbers, shape: shape ?? [numbers.count])
}

/// A float64 scalar.
package func float64(_ number: Double) -> Tensor { Tensor(scalar: number) }

/// The numbers of what `body` makes of inputs, which are declared with the types of the tensors.
package func numbers(
  _ inputs: [Tensor], threads: Int = 1, _ body: (GraphBuilder, [Value]) throws -> [Value]
) throws -> [[Double]] {
  let runner = try Runner(threads: threads) { graph in
    try body(
      graph,
      inputs.enumerated().map { graph.input("x\($0.offset)", $0.element.shape, $0.element.dtype) })
  }
  return try runner.run(inputs).map(\.doubles)
}

/// A parameter that starts with given numbers.
package func parameter(_ name: String, _ initial: Tensor) -> Parameter {
  Parameter(name, initial.type) { _ in initial }
}

/// A store of parameters under their own names.
package func store(_ parameters: [Parameter]) throws -> ParameterStore {
  try ParameterStore(parameters.map { ($0.name, $0) }, seed: 0)
}

extension GraphBuilder {
  /// A float64 constant.
  package func constant(_ numbers: [Double], _ shape: Shape) throws -> Value {
    constant(try Tensor(numbers, shape: shape))
  }
}
