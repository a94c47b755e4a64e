import TidemillGraph

extension CompiledFunction {
  /// The graph that runs: gradients and updates included, simplified.
  public var graph: Graph { executable.graph }
}

/// A graph as numbers and names, for JSON and for pictures. Names of fields are stable; fields may
/// be added.
public struct GraphReport: Codable, Sendable, Equatable {
  /// One value and the operation that makes it.
  public struct Node: Codable, Sendable, Equatable {
    /// Its position, from 0; operands have lower ones.
    public let id: Int
    /// The operation: `matmul`.
    public let operation: String
    /// What tells it from others of its name: axes, the name of an input. Empty for most.
    public let attributes: String
    /// The values it is computed from.
    public let operands: [Int]
    /// The element type: `float32`.
    public let dtype: String
    /// The extents, outermost first.
    public let shape: [Int]
    /// Where in the program it was made: `gradient/0`. May be empty.
    public let scope: String

    /// Element type and shape: `float32[64, 10]`.
    public var type: String {
      "\(dtype)[\(shape.map(String.init).joined(separator: ", "))]"
    }
  }

  /// A state that the graph writes.
  public struct Assignment: Codable, Sendable, Equatable {
    /// The name of the state.
    public let state: String
    /// The node that is its new value.
    public let value: Int
  }

  /// A value that must be finite.
  public struct Guard: Codable, Sendable, Equatable {
    /// What errors call it.
    public let name: String
    /// The node.
    public let value: Int
  }

  /// In an order in which they can be computed.
  public let nodes: [Node]
  /// The nodes that come out.
  public let outputs: [Int]
  /// The states that are written once a run has succeeded.
  public let assignments: [Assignment]
  /// What must hold for that.
  public let guards: [Guard]

  /// Describes a graph.
  public init(_ graph: Graph) {
    nodes = graph.nodes.enumerated().map { index, node in
      Node(
        id: index, operation: node.operation.name, attributes: node.operation.attributes,
        operands: node.operands.map(\.index), dtype: node.type.dtype.description,
        shape: node.type.shape.dimensions, scope: node.scope)
    }
    outputs = graph.outputs.map(\.index)
    assignments = graph.assignments.map {
      Assignment(state: $0.key.name, value: $0.value.index)
    }
    guards = graph.guards.map { Guard(name: $0.name, value: $0.value.index) }
  }

  /// One line a node, then what comes of them.
  ///
  /// ```
  /// %0  input(input)         float32[64, 784]
  /// %3  matmul(%0, %2)       float32[64, 256]  in 0
  /// output %3
  /// ```
  public var text: String {
    let terms = nodes.map(Self.term)
    let width = terms.map(\.count).max() ?? 0
    let lines = zip(nodes, terms).map { node, term in
      let padding = String(repeating: " ", count: width - term.count)
      return term + padding + "  " + node.type + (node.scope.isEmpty ? "" : "  in \(node.scope)")
    }
    return
      (lines + outputs.map { "output %\($0)" }
      + assignments.map { "assign \($0.state) := %\($0.value)" }
      + guards.map { "guard %\($0.value) is finite: \($0.name)" })
      .joined(separator: "\n")
  }

  private static func term(_ node: Node) -> String {
    let operands = node.operands.map { "%\($0)" }
    let all = operands + (node.attributes.isEmpty ? [] : [node.attributes])
    return "%\(node.id)  \(node.operation)(\(all.joined(separator: ", ")))"
  }
}
