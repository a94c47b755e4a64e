import TidemillGraph

/// What one operation sees of the program in the making.
final class NodeContext: LoweringContext {
  private let builder: ProgramBuilder
  private let id: NodeID

  init(builder: ProgramBuilder, id: NodeID) {
    self.builder = builder
    self.id = id
  }

  private var node: Node { builder.graph[id] }

  func operand(_ index: Int) -> View { builder.view(of: node.operands[index]) }
  func contiguous(_ index: Int) -> View { builder.contiguous(node.operands[index]) }
  var result: View { builder.view(of: id) }

  func temporary(_ type: TensorType) -> View {
    builder.temporary(type, label: node.label)
  }

  var blocks: GemmBlocks { builder.blocks }

  func emit(_ call: any KernelCall) { builder.append(call, label: node.label) }
}
