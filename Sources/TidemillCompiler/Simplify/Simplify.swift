import TidemillGraph

extension Graph {
  /// The same computation with less in it.
  ///
  /// In one pass over the nodes: algebraic identities and layouts of layouts are resolved, operations on
  /// numbers known now are computed now, equal nodes become one; then what no result needs is left out.
  ///
  /// - Complexity: O(nodes + edges).
  package func simplified() -> Graph {
    var simplifier = Simplifier()
    var replacement: [NodeID] = []
    for node in nodes {
      var node = node
      node.operands = node.operands.map { replacement[$0.index] }
      replacement.append(simplifier.add(node))
    }
    var graph = self
    graph.nodes = simplifier.nodes
    graph.outputs = outputs.map { replacement[$0.index] }
    graph.assignments = assignments.map {
      Assignment(key: $0.key, value: replacement[$0.value.index])
    }
    graph.guards = guards.map { Guard(value: replacement[$0.value.index], name: $0.name) }
    return graph.withoutDeadNodes()
  }

  /// Only the nodes that outputs, assignments and guards depend on.
  private func withoutDeadNodes() -> Graph {
    var needed = [Bool](repeating: false, count: nodes.count)
    for root in roots { needed[root.index] = true }
    for (index, node) in nodes.enumerated().reversed() where needed[index] {
      for operand in node.operands { needed[operand.index] = true }
    }
    var renumbered = [NodeID](repeating: NodeID(0), count: nodes.count)
    var kept: [Node] = []
    for (index, node) in nodes.enumerated() where needed[index] {
      renumbered[index] = NodeID(kept.count)
      var node = node
      node.operands = node.operands.map { renumbered[$0.index] }
      kept.append(node)
    }
    var graph = self
    graph.nodes = kept
    graph.outputs = outputs.map { renumbered[$0.index] }
    graph.assignments = assignments.map {
      Assignment(key: $0.key, value: renumbered[$0.value.index])
    }
    graph.guards = guards.map { Guard(value: renumbered[$0.value.index], name: $0.name) }
    return graph
  }
}

/// Nodes so far, none equal to another and none that a rule makes simpler.
private struct Simplifier {
  private struct Key: Hashable {
    // Compared first, as it is told apart sooner.
    let operands: [NodeID]
    let operation: AnyHashable
  }

  private(set) var nodes: [Node] = []
  private var known: [Key: NodeID] = [:]

  mutating func add(_ node: Node) -> NodeID {
    switch Rewrite.of(node, operands: node.operands.map { nodes[$0.index] }) {
    case .operand(let index): return node.operands[index]
    case .node(let simpler): return add(simpler)
    case nil: break
    }
    let key = Key(operands: node.operands, operation: AnyHashable(node.operation))
    if let same = known[key] { return same }
    nodes.append(node)
    let id = NodeID(nodes.count - 1)
    known[key] = id
    return id
  }
}
