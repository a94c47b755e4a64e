import Tidemill
import TidemillGraph
import TidemillRuntime

/// A valid graph that a seed stands for, with tensors for its inputs and parameters.
///
/// Elementwise operations, broadcasts, layouts, parts, reductions, products, gathers, assignments, guards,
/// and in every third graph a gradient. Numbers stay small, so that results can be compared.
package struct RandomGraph {
  package let seed: UInt64
  package let inputs: [Tensor]
  package let parameters: [Parameter]
  package let graph: Graph

  /// - Parameters:
  ///   - extents: What axes may have; large ones make calls that are cut into several tasks.
  ///   - dtype: Of all floating-point values.
  package init(
    seed: UInt64, extents: [Int] = [1, 2, 3, 5, 7], operations: ClosedRange<Int> = 4...24,
    largest: Int = 2000, dtype: DType = .float64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var shapes: [Shape] = []
    for rank in [2, 1, generator.index(below: 4)] {
      let shape = Shape((0..<rank).map { _ in generator.element(extents) })
      shapes.append(shape.count <= largest ? shape : [extents[0]])
    }
    let own = generator.element([shapes[0], shapes[1]])
    self.seed = seed
    inputs = try shapes.map { try Self.tensor($0, dtype, &generator) }
    // Two parameters of one shape, so that they may be swapped, and one of another.
    let initial = try [own, own, shapes[2]].map { try Self.tensor($0, dtype, &generator) }
    parameters = initial.enumerated().map { parameter("p\($0.offset)", $0.element) }
    let builder = GraphBuilder()
    var growing = GrowingGraph(builder, generator, extents, largest, dtype)
    for (index, tensor) in inputs.enumerated() {
      growing.pool.append(builder.input("x\(index)", tensor.shape, dtype))
    }
    growing.pool += parameters.map { builder.read($0) }
    for _ in 0..<operations.lowerBound + growing.generator.index(below: operations.count) {
      growing.grow()
    }
    graph = try builder.graph(outputs: growing.finish(parameters))
  }

  /// A new store with the first numbers.
  package func makeStore() throws -> ParameterStore { try store(parameters) }

  /// What the naive interpreter makes of the first step.
  package func interpreted() throws -> (outputs: [[Double]], assigned: [String: [Double]]) {
    let found = try Interpreter.run(graph, inputs: inputs) { key in
      try key.parameter.initialValue(seed: 0).doubles
    }
    return (
      found.outputs,
      Dictionary(uniqueKeysWithValues: found.assigned.map { ($0.key.name, $0.numbers) })
    )
  }

  private static func tensor(
    _ shape: Shape, _ dtype: DType, _ generator: inout SeededGenerator
  ) throws -> Tensor {
    let numbers = (0..<shape.count).map { _ in Double(Float(generator.uniform(-2...2))) }
    return try Tensor(numbers: numbers, shape: shape, dtype)
  }
}
