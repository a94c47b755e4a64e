import TidemillGraph

/// Reductions over the last axes of what an elementwise chain computes, done in the chain's own pass over memory.
///
/// The chain's value goes to memory only where somebody else needs it too. The result has the bits of a separate call.
struct ChainReductions {
  struct Ending {
    let id: NodeID
    let reduce: Reduce
    /// Whether the chain's value is needed for anything else.
    let storesValue: Bool
  }

  /// By the chain's last node.
  private(set) var endings: [NodeID: Ending] = [:]
  /// The reductions that need no call of their own.
  private(set) var fused: Set<NodeID> = []

  init(of graph: Graph, _ groups: FusionGroups) {
    var uses = [Int](repeating: 0, count: graph.nodes.count)
    for node in graph.nodes { for operand in node.operands { uses[operand.index] += 1 } }
    let kept = graph.outputs + graph.guards.map(\.value) + graph.assignments.map(\.value)
    for id in kept { uses[id.index] += 1 }
    for id in graph.ids {
      guard let reduce = graph[id].operation as? Reduce else { continue }
      let chain = graph[id].operands[0]
      // Of several reductions of one chain the first is done with it.
      guard groups.root[chain] == chain, endings[chain] == nil,
        reduce.rows(of: graph[chain].type.shape) != nil
      else { continue }
      endings[chain] = Ending(id: id, reduce: reduce, storesValue: uses[chain.index] > 1)
      fused.insert(id)
    }
  }
}

extension ProgramBuilder {
  /// How a chain's value is reduced into `target`, contiguous, and the call that adds the parts of a long one.
  func end(
    of chain: NodeID, _ ending: ChainReductions.Ending, into target: View
  ) -> (program: TileProgramBuilder.End, call: ReduceCall?)? {
    let type = graph[chain].type
    guard let (rows, count) = ending.reduce.rows(of: type.shape) else { return nil }
    let function = ending.reduce.function
    let cut = ReductionCut(count, others: rows)
    func seen(_ view: View, _ shape: [Int]) -> View {
      View(contiguous: view.buffer, TensorType(Shape(shape), type.dtype))
    }
    guard cut.parts > 1 else {
      return (.init(function, row: count, view: seen(target, [rows])), nil)
    }
    let partial = temporary(
      TensorType([rows * cut.parts], type.dtype), label: graph[ending.id].label)
    return (
      .init(function, row: cut.row, view: partial),
      ReduceCall(
        function, input: seen(partial, [rows, cut.parts, 1]), output: seen(target, [rows, 1]))
    )
  }
}
