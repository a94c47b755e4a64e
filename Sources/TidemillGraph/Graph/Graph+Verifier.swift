extension Graph {
  /// Proves that the graph is well formed, by the rules alone.
  ///
  /// - Every operand comes before its use, so there is no circle.
  /// - Every node has the type that its operation's rule gives for its operands.
  /// - Outputs, assignments and guards name nodes that exist, of the right types, and no state is assigned twice.
  ///
  /// - Throws: `graph`, naming the first node that breaks a rule.
  package func verify() throws {
    for (index, node) in nodes.enumerated() {
      for operand in node.operands where operand.index < 0 || operand.index >= index {
        throw broken("node \(index), \(node.label), uses node \(operand.index) before it is there")
      }
      let types = node.operands.map { nodes[$0.index].type }
      guard let expected = try? node.operation.resultType(of: types), expected == node.type else {
        throw broken("node \(index), \(node.label), is \(node.type) against its type rule")
      }
    }
    for root in roots where root.index < 0 || root.index >= nodes.count {
      throw broken("node \(root.index) is asked for, but does not exist")
    }
    var assigned: Set<StateKey> = []
    for assignment in assignments {
      guard nodes[assignment.value.index].type == assignment.key.type else {
        throw broken("'\(assignment.key.name)' is assigned a value of another type")
      }
      guard assigned.insert(assignment.key).inserted else {
        throw broken("'\(assignment.key.name)' is assigned twice")
      }
    }
  }

  private func broken(_ what: String) -> TidemillError {
    TidemillError(.internalInconsistency, "The graph is broken: \(what). Please report this.")
  }
}

extension TidemillError.Code {
  /// A verifier found a stage's result wrong: a defect of Tidemill, not of its user.
  public static let internalInconsistency = Self("internal-inconsistency")
}
