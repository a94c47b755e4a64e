import TidemillGraph

/// Which groups of elementwise nodes are computed at the end of a matrix product, on its tiles before they go to memory.
///
/// A group takes at most one product, of its own shape. Others may use the product too where they come later than the
/// group; then its sums go to memory as well.
struct ProductEpilogues {
  /// The product of each such group, by the group's root.
  private(set) var products: [NodeID: NodeID] = [:]
  /// All of these.
  private(set) var fused: Set<NodeID> = []
  /// Those whose sums somebody else needs.
  private(set) var kept: Set<NodeID> = []

  /// - Parameter reduced: Groups that end in a reduction, by their roots.
  init(
    of graph: Graph, _ groups: FusionGroups, _ updates: UpdateGroups, except reduced: Set<NodeID>
  ) {
    var users = [[NodeID]](repeating: [], count: graph.nodes.count)
    for id in graph.ids {
      for operand in graph[id].operands { users[operand.index].append(id) }
    }
    let guarded = Set(graph.guards.map(\.value))
    let needed = Set(graph.outputs).union(updates.assigned)
    for (root, members) in groups.members.sorted(by: { $0.key < $1.key })
    where !reduced.contains(root) {
      let operands = Set(members.flatMap { graph[$0].operands })
      let candidates = operands.filter { id in
        graph.isProduct(id) && graph[id].type.shape == graph[root].type.shape
          && !fused.contains(id) && !guarded.contains(id)
      }
      guard let product = candidates.max() else { continue }
      let others = users[product.index].filter { groups.root[$0] != root }
      let isKept = !others.isEmpty || needed.contains(product)
      if updates.keys[root] != nil {
        // Updates come last, in any order: they may not read what another one writes.
        guard !isKept, graph[product].operands.allSatisfy({ graph.stateBehind($0) == nil }) else {
          continue
        }
      } else {
        let areLater = others.allSatisfy { user in
          let group = groups.root[user]
          return group.map { updates.keys[$0] != nil || $0 > root } ?? (user > root)
        }
        guard areLater else { continue }
      }
      products[root] = product
      fused.insert(product)
      if isKept { kept.insert(product) }
    }
  }
}

extension Graph {
  /// A product of matrices, or of a batch of them, whose sums have the operands' type.
  fileprivate func isProduct(_ id: NodeID) -> Bool {
    let node = self[id]
    guard node.operation is MatrixMultiply, node.type.shape.rank <= 3 else { return false }
    return node.operands.allSatisfy { self[$0].type.dtype == node.type.dtype }
  }
}
