import TidemillGraph
import TidemillRuntime

/// An expression worked out as on paper: the value of every node, and the gradient of the result with
/// respect to it.
///
/// ```swift
/// let f = try Explanation(Expression("(x + y) * z"), at: ExpressionValues("x=-2, y=5, z=-4"))
/// for node in f.nodes { print(node.label, node.value, node.gradient) }
/// ```
///
/// The engine does all of it: the nodes and their gradients are one graph, compiled and run in float64.
package struct Explanation: Sendable {
  /// A number, a name or an operation, with its numbers.
  package struct Node: Sendable {
    /// Its name, its number, or `q1`, `q2`, ... for operations.
    package let label: String
    /// By the labels of its operands: `q1 * y`.
    package let definition: String
    /// By numbers and names alone: `w * x * y`.
    package let expression: String
    /// The operation's name or sign; empty for numbers and names.
    package let operation: String
    /// Positions of earlier nodes.
    package let operands: [Int]
    /// What it is.
    package let value: Tensor
    /// `∂result/∂node`, of the shape of the value.
    package let gradient: Tensor

    /// Whether it is a number or a name.
    package var isLeaf: Bool { operation.isEmpty }
  }

  /// The whole expression.
  package let text: String
  /// In topological order; the last one is the result.
  package let nodes: [Node]

  /// Works an expression out.
  ///
  /// - Throws: `argument` where names and values do not match, operands do not fit, or the result is no
  ///   scalar, with a line that marks the position; what compiling and running throw.
  package init(_ expression: Expression, at values: ExpressionValues) throws {
    try values.check(against: expression)
    let tensors = try Self.numbers(expression, values)
    let labels = expression.labels
    let (texts, definitions) = (expression.texts, expression.definitions(labels))
    text = texts.last ?? ""
    nodes = expression.nodes.enumerated().map { index, node in
      Node(
        label: labels[index], definition: definitions[index], expression: texts[index],
        operation: node.operation, operands: node.operands, value: tensors[index],
        gradient: tensors[expression.nodes.count + index])
    }
  }

  /// The values of all nodes, then their gradients.
  ///
  /// A node that is given out cannot be simplified away.
  private static func numbers(
    _ expression: Expression, _ values: ExpressionValues
  ) throws -> [Tensor] {
    let parameters = Dictionary(
      values.entries.map { name, _, tensor in
        (name, Parameter(name, tensor.type) { _ in tensor })
      }, uniquingKeysWith: { first, _ in first })
    let function = try compile(threads: 1) { graph -> [Value] in
      let nodes = try expression.record(in: graph) { name in
        parameters[name].map(graph.read) ?? graph.invalid
      }
      try expression.checkSize(of: nodes)
      let result = nodes[nodes.count - 1]
      guard result.shape.rank == 0 else {
        throw expression.source.error(
          "The result has the shape \(result.shape), but only a scalar has gradients; take the "
            + "sum(...) or mean(...) of it.", at: expression.nodes[nodes.count - 1].range)
      }
      return nodes + graph.gradient(of: result, withRespectTo: nodes)
    }
    let store = try ParameterStore(parameters.map { ($0.key, $0.value) }, seed: 0)
    let session = try function.session(store)
    try session.run()
    return session.results
  }
}
