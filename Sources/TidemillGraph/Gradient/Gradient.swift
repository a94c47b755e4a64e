extension GraphBuilder {
  /// The gradients of a scalar with respect to values, as more graph.
  ///
  /// No numbers are touched, so a gradient is a value like any other and can be differentiated again.
  /// Nodes are visited once, in reverse topological order, and cotangents of several uses are added
  /// first: the result is linear in the size of the graph, whatever the number of paths.
  ///
  /// - Parameters:
  ///   - result: A floating-point scalar.
  ///   - values: Floating-point values that it may depend on.
  /// - Returns: For each value, a value of its shape; zeros where `result` does not depend on it.
  /// - Complexity: O(nodes + edges) of the graph so far.
  public func gradient(of result: Value, withRespectTo values: [Value]) -> [Value] {
    guard let result = owned(result, by: "gradient") else { return values.map { _ in invalid } }
    guard result.shape.rank == 0, result.dtype.isFloatingPoint else {
      let wrong = diagnose(
        "gradient: the result is \(result.type), but a floating-point scalar is needed; sum it first."
      )
      return values.map { _ in wrong }
    }
    return pullback(of: result, cotangent: result.like(1), to: values, by: "gradient")
  }

  /// The vector-Jacobian product `x̄ = Jᵀ·ȳ`, as more graph.
  ///
  /// - Parameters:
  ///   - result: `y`, of any shape.
  ///   - cotangent: `ȳ`, of the type of `result`.
  ///   - values: What to differentiate by.
  public func pullback(of result: Value, cotangent: Value, to values: [Value]) -> [Value] {
    pullback(of: result, cotangent: cotangent, to: values, by: "pullback")
  }

  private func pullback(
    of result: Value, cotangent: Value, to values: [Value], by user: String
  ) -> [Value] {
    guard let root = owned(result, by: user)?.id, let cotangent = owned(cotangent, by: user),
      values.allSatisfy({ owned($0, by: user) != nil })
    else { return values.map { _ in invalid } }
    guard cotangent.type == result.type else {
      let wrong = diagnose(
        "pullback: the cotangent is \(cotangent.type), but the result is \(result.type).")
      return values.map { _ in wrong }
    }
    let wanted = Set(values.compactMap(\.id))
    let leads = nodesLeading(from: wanted, to: root)
    var cotangents: [NodeID: Value] = [root: cotangent]
    for index in stride(from: root.index, through: 0, by: -1) {
      let id = NodeID(index)
      guard leads[index], let cotangent = cotangents[id] else { continue }
      let node = nodes[index]
      guard node.operands.contains(where: { leads[$0.index] }) else { continue }
      let contributions = scope(node.scope.isEmpty ? "gradient" : "gradient/\(node.scope)") {
        node.operation.cotangents(
          of: node.operands.map { Value(builder: self, id: $0) },
          result: Value(builder: self, id: id), cotangent: cotangent)
      }
      for (operand, contribution) in zip(node.operands, contributions) {
        guard let contribution, leads[operand.index] else { continue }
        cotangents[operand] =
          cotangents[operand].map { sum in
            sum.widened { $0 + contribution.cast(to: $0.dtype) }
          } ?? contribution
      }
    }
    return values.map { value in
      value.id.flatMap { cotangents[$0] } ?? value.like(0)
    }
  }

  /// Which nodes up to `root` depend on one of `wanted`, themselves included.
  private func nodesLeading(from wanted: Set<NodeID>, to root: NodeID) -> [Bool] {
    var leads = [Bool](repeating: false, count: root.index + 1)
    for index in 0...root.index {
      leads[index] =
        wanted.contains(NodeID(index)) || nodes[index].operands.contains { leads[$0.index] }
    }
    return leads
  }
}
