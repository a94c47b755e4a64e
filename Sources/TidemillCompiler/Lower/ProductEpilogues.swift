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
    let users = graph.users
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
      guard Self.pays(graph, product, members, results: updates.results(of: root, members)) else {
        continue
      }
      products[root] = product
      fused.insert(product)
      if isKept { kept.insert(product) }
    }
  }
}

extension ProductEpilogues {
  /// Whether the group costs less at the product's end, by what its program would be.
  private static func pays(
    _ graph: Graph, _ product: NodeID, _ members: [NodeID], results: [NodeID]
  ) -> Bool {
    let sums = graph.placeholder(of: product)
    let program = TileProgramBuilder(
      graph: graph, members: members,
      outputs: Dictionary(uniqueKeysWithValues: results.map { ($0, graph.placeholder(of: $0)) }),
      view: graph.placeholder(of:))
    let operand = graph[graph[product].operands[0]].type
    guard let depth = operand.shape.dimensions.last,
      let epilogue = program.epilogue(of: product, sums: sums)
    else { return false }
    // bfloat16 is multiplied twice as fast.
    let isHalf = operand.dtype == .bfloat16
    return epilogue.pays(depth: isHalf ? depth / 2 : depth)
  }
}

extension Graph {
  /// How a node's memory will be seen, before it has any: each in a buffer of its own number.
  fileprivate func placeholder(of id: NodeID) -> View {
    let node = self[id]
    let own = View(contiguous: BufferID(id.index), node.type)
    guard case .view(let view) = node.operation.lowering else { return own }
    return view(placeholder(of: node.operands[0])) ?? own
  }

  /// A product of matrices, or of a batch of them.
  fileprivate func isProduct(_ id: NodeID) -> Bool {
    self[id].operation is MatrixMultiply && self[id].type.shape.rank <= 3
  }
}

extension GemmCall {
  /// The same product by blocks that are deep enough for all of it, where they then have a few rows still.
  func inOnePiece(_ blocks: GemmBlocks) -> GemmCall {
    let depthBytes = (a.shape.last ?? 0) * c.dtype.size
    // The blocks of bfloat16 do not follow from the caches.
    guard a.dtype != .bfloat16, depthBytes > blocks.depthBytes, depthBytes <= Self.deepest
    else { return self }
    // What is packed at once takes no more than before.
    let factor = (depthBytes + blocks.depthBytes - 1) / blocks.depthBytes
    let columns = min(blocks.columns, c.shape.last ?? 0) / factor / 32 * 32
    return GemmCall(
      a: a, b: b, c: c, epilogue: epilogue,
      blocks: GemmBlocks(
        depthBytes: depthBytes, rows: max(blocks.rows / factor, 1), columns: max(columns, 128)),
      isInOnePiece: true)
  }

  /// Of a row; that of a tile's rows then still fit into any second cache.
  private static let deepest = 16 << 10
}
