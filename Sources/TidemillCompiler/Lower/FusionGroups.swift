import TidemillGraph

/// Which elementwise nodes are computed together, in one pass over memory.
///
/// A node joins the group of its users where all of them are in one group of the same shape: then it is
/// needed nowhere else, and no circle can arise. A node that is only assigned, beside its users in the
/// group, joins as well, and its group writes it to the state on the way.
struct FusionGroups {
  /// For each elementwise node, the last node of its group; the node itself where it is alone.
  let root: [NodeID: NodeID]
  /// Members of each group by its root, in topological order.
  let members: [NodeID: [NodeID]]

  static let maximumInstructions = 48

  init(of graph: Graph) {
    let users = graph.users
    var needsMemory = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.outputs + graph.guards.map(\.value) { needsMemory[id.index] = true }

    var root: [NodeID: NodeID] = [:]
    var members: [NodeID: [NodeID]] = [:]
    for id in graph.ids.reversed() {
      guard case .elementwise = graph[id].operation.lowering else { continue }
      let groups = Set(users[id.index].map { root[$0] })
      if !needsMemory[id.index], groups.count == 1, let found = groups.first, let group = found,
        graph[group].type.shape == graph[id].type.shape,
        members[group, default: []].count < Self.maximumInstructions
      {
        root[id] = group
        members[group, default: []].append(id)
      } else {
        root[id] = id
        members[id] = [id]
      }
    }
    self.root = root
    self.members = members.mapValues { $0.sorted() }
  }
}

extension Graph {
  /// By node, those of which it is an operand, once for each time.
  var users: [[NodeID]] {
    var users = [[NodeID]](repeating: [], count: nodes.count)
    for id in ids {
      for operand in self[id].operands { users[operand.index].append(id) }
    }
    return users
  }
}
