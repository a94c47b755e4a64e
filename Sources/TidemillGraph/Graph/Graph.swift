/// A position in a graph's list of nodes.
package struct NodeID: Hashable, Sendable, Comparable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (lhs: NodeID, rhs: NodeID) -> Bool { lhs.index < rhs.index }
}

/// One value of a graph: an operation on earlier values.
package struct Node: Sendable {
  package var operation: any Operation
  package var operands: [NodeID]
  package var type: TensorType
  /// Where in the program it was made, such as `loss` or `layers/0`; for people.
  package var scope: String

  package init(
    operation: any Operation, operands: [NodeID], type: TensorType, scope: String
  ) {
    self.operation = operation
    self.operands = operands
    self.type = type
    self.scope = scope
  }

  /// Scope and name, for errors and profiles.
  package var label: String { scope.isEmpty ? operation.name : "\(scope)/\(operation.name)" }
}

/// A computation: nodes in topological order, what comes out, and what state it writes.
///
/// Immutable and free of memory, threads and order beyond its dependencies.
public struct Graph: Sendable {
  /// The new value of a state, written when the run has succeeded.
  package struct Assignment: Sendable {
    package var key: StateKey
    package var value: NodeID

    package init(key: StateKey, value: NodeID) {
      self.key = key
      self.value = value
    }
  }
  /// A value that must be finite for assignments to happen.
  package struct Guard: Sendable {
    package var value: NodeID
    package var name: String

    package init(value: NodeID, name: String) {
      self.value = value
      self.name = name
    }
  }
  /// A declared input.
  package struct Input: Sendable {
    package var name: String
    package var type: TensorType
  }

  package var nodes: [Node]
  package var inputs: [Input]
  package var outputs: [NodeID]
  package var assignments: [Assignment]
  package var guards: [Guard]

  package subscript(id: NodeID) -> Node { nodes[id.index] }

  package var ids: [NodeID] { nodes.indices.map(NodeID.init) }

  /// The nodes that results depend on: outputs, assignments and guards.
  package var roots: [NodeID] { outputs + assignments.map(\.value) + guards.map(\.value) }
}
