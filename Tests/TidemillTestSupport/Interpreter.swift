import TidemillGraph

/// Computes a graph node by node in float64, the naive way: what compiled graphs are compared with.
///
/// Shares no code with lowering or kernels. Numbers of all types are `Double`; float32 nodes are rounded.
/// Random numbers are not supported.
package struct Interpreter {
  private let graph: Graph
  private let inputs: [String: [Double]]
  private let states: (StateKey) throws -> [Double]
  private var values: [[Double]] = []

  private init(
    _ graph: Graph, _ inputs: [String: [Double]], _ states: @escaping (StateKey) throws -> [Double]
  ) {
    (self.graph, self.inputs, self.states) = (graph, inputs, states)
  }

  /// - Parameters:
  ///   - inputs: In the order in which they were declared.
  ///   - states: The numbers of a state before the run.
  /// - Returns: The outputs, and the new numbers of assigned states.
  package static func run(
    _ graph: Graph, inputs: [Tensor], states: @escaping (StateKey) throws -> [Double]
  ) throws -> (outputs: [[Double]], assigned: [(key: StateKey, numbers: [Double])]) {
    let named = Dictionary(
      uniqueKeysWithValues: zip(graph.inputs, inputs).map { ($0.name, $1.doubles) })
    var interpreter = Interpreter(graph, named, states)
    for node in graph.nodes {
      let value = try interpreter.evaluate(node)
      interpreter.values.append(
        node.type.dtype == .float32 ? value.map { Double(Float($0)) } : value)
    }
    return (
      graph.outputs.map { interpreter.values[$0.index] },
      graph.assignments.map { ($0.key, interpreter.values[$0.value.index]) }
    )
  }

  private func evaluate(_ node: Node) throws -> [Double] {
    let x = node.operands.map { values[$0.index] }
    let shapes = node.operands.map { graph[$0].type.shape.dimensions }
    switch node.operation {
    case let input as InputOperation:
      switch input.source {
      case .input(let name): return inputs[name] ?? []
      case .state(let key): return try states(key)
      case .constant(let data): return data.tensor.doubles
      }
    case let fill as Fill:
      return Array(repeating: fill.number, count: node.type.shape.count)
    default: break
    }
    if let result = Interpreter.elementwise(node, x) { return result }
    if let result = Interpreter.layout(node.operation, x, shapes) { return result }
    if let result = Interpreter.contraction(node.operation, x, shapes) { return result }
    throw CheckFailure("the interpreter does not know \(node.label)")
  }
}
