import TidemillGraph

/// The groups of elementwise nodes whose results go straight into state.
///
/// Only where nothing else can tell the difference: every result of the group is assigned to one state and used
/// nowhere else, the group reads that state at the same place it writes, and no other such group reads it.
struct UpdateGroups {
  /// For each such group, by its root: its results and their states.
  private(set) var keys: [NodeID: [NodeID: StateKey]] = [:]
  /// Every node that is assigned.
  let assigned: Set<NodeID>

  init(of graph: Graph, _ groups: FusionGroups) {
    var targets: [NodeID: [StateKey]] = [:]
    for assignment in graph.assignments {
      targets[assignment.value, default: []].append(assignment.key)
    }
    assigned = Set(targets.keys)
    var usedOutside = Set(graph.outputs + graph.guards.map(\.value))
    for id in graph.ids {
      for operand in graph[id].operands {
        guard let group = groups.root[operand] else { continue }
        if groups.root[id] != group { usedOutside.insert(operand) }
      }
    }
    for (root, members) in groups.members {
      let results = members.filter { $0 == root || targets[$0] != nil }
      var found: [NodeID: StateKey] = [:]
      for result in results {
        guard let states = targets[result], states.count == 1, !usedOutside.contains(result) else {
          break
        }
        found[result] = states[0]
      }
      guard found.count == results.count,
        Self.readsInPlace(graph, Set(members), states: Set(found.values))
      else { continue }
      keys[root] = found
    }
    removeThoseReadByOthers(graph, groups)
  }

  /// The members of a group that go to memory.
  func results(of root: NodeID, _ members: [NodeID]) -> [NodeID] {
    members.filter { $0 == root || assigned.contains($0) }
  }

  func isDirect(_ assignment: Graph.Assignment) -> Bool {
    keys.values.contains { $0[assignment.value] == assignment.key }
  }

  /// Whether the members read the states that they write only as they lie.
  private static func readsInPlace(
    _ graph: Graph, _ members: Set<NodeID>, states: Set<StateKey>
  ) -> Bool {
    for id in members {
      for operand in graph[id].operands where !members.contains(operand) {
        guard let key = graph.stateBehind(operand), states.contains(key) else { continue }
        guard case .source = graph[operand].operation.lowering else { return false }
      }
    }
    return true
  }

  private mutating func removeThoseReadByOthers(_ graph: Graph, _ groups: FusionGroups) {
    var readers: [StateKey: Set<NodeID>] = [:]
    for root in keys.keys {
      for id in groups.members[root] ?? [] {
        for operand in graph[id].operands {
          if let key = graph.stateBehind(operand) { readers[key, default: []].insert(root) }
        }
      }
    }
    for (root, results) in keys
    where results.values.contains(where: { readers[$0, default: []].contains { $0 != root } }) {
      keys[root] = nil
    }
  }
}

extension Graph {
  /// The state that a node is, or is a view of.
  func stateBehind(_ id: NodeID) -> StateKey? {
    switch self[id].operation.lowering {
    case .source(.state(let key)): key
    case .view: stateBehind(self[id].operands[0])
    default: nil
    }
  }
}

/// Moves calls that write state up to where they may happen first.
enum UpdateHoisting {
  /// Behind the last guard, the last reader of the state, and the last writer of what the call reads.
  static func hoisted(_ calls: [Program.Call]) -> [Program.Call] {
    let body = calls.filter { !$0.writesState }
    let updates = calls.filter(\.writesState)
    guard !updates.isEmpty else { return calls }
    let lastGuard = body.lastIndex { $0.call.mayFail } ?? -1
    var lastRead: [BufferID: Int] = [:]
    var lastWrite: [BufferID: Int] = [:]
    for (position, call) in body.enumerated() {
      for view in call.reads { lastRead[view.buffer] = position }
      for view in call.writes { lastWrite[view.buffer] = position }
    }
    // The call after which each update comes. Updates keep their order among themselves where one reads
    // what another writes: only copies do, and they come last.
    var after: [Int: [Program.Call]] = [:]
    var readByUpdates: Set<BufferID> = []
    for update in updates {
      for view in update.reads
      where !update.writes.contains(where: { $0.buffer == view.buffer }) {
        readByUpdates.insert(view.buffer)
      }
    }
    for update in updates {
      let writes = update.writes.map(\.buffer)
      var position = lastGuard
      for buffer in writes { position = max(position, lastRead[buffer] ?? -1) }
      for view in update.reads { position = max(position, lastWrite[view.buffer] ?? -1) }
      if writes.contains(where: readByUpdates.contains) { position = body.count - 1 }
      after[position, default: []].append(update)
    }
    var result = after[-1] ?? []
    for (position, call) in body.enumerated() {
      result.append(call)
      result += after[position] ?? []
    }
    return result
  }
}
