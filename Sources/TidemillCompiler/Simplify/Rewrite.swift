import TidemillGraph

/// A simpler way to have a node's value. Every rewrite gives the same bits, but for the sign of a zero.
enum Rewrite {
  /// It is one of its operands.
  case operand(Int)
  /// It is another node, of operands that are there already.
  case node(Node)

  static func of(_ node: Node, operands: [Node]) -> Rewrite? {
    layout(node, operands) ?? identity(node, operands) ?? constant(node, operands)
  }

  /// Layouts that change nothing, layouts of layouts, layouts of the same number everywhere.
  private static func layout(_ node: Node, _ operands: [Node]) -> Rewrite? {
    guard case .view = node.operation.lowering, let operand = operands.first else { return nil }
    if node.operation is StopGradient { return .operand(0) }
    if let fill = operand.operation as? Fill {
      return .node(replacing(node, Fill(bits: fill.bits, node.type), []))
    }
    switch (node.operation, operand.operation) {
    case (is Reshape, _) where node.type == operand.type,
      (is Broadcast, _) where node.type == operand.type:
      return .operand(0)
    case (let reshape as Reshape, is Reshape):
      return .node(replacing(node, reshape, operand.operands))
    case (let broadcast as Broadcast, is Broadcast):
      return .node(replacing(node, broadcast, operand.operands))
    case (let outer as Transpose, let inner as Transpose):
      let permutation = outer.permutation.map { inner.permutation[$0] }
      return .node(replacing(node, Transpose(permutation: permutation), operand.operands))
    case (let transpose as Transpose, _)
    where transpose.permutation == Array(transpose.permutation.indices):
      return .operand(0)
    case (let slice as Slice, _)
    where slice.extents == operand.type.shape.dimensions:
      return .operand(0)
    default:
      return nil
    }
  }

  /// Neutral elements, twice negated, choices that are made.
  private static func identity(_ node: Node, _ operands: [Node]) -> Rewrite? {
    func isNumber(_ index: Int, _ number: Double) -> Bool {
      (operands[index].operation as? Fill)?.number == number
    }
    switch node.operation {
    case is Add:
      if isNumber(1, 0) { return .operand(0) }
      return isNumber(0, 0) ? .operand(1) : nil
    case is Subtract:
      return isNumber(1, 0) ? .operand(0) : nil
    case is Multiply:
      if isNumber(1, 1) { return .operand(0) }
      return isNumber(0, 1) ? .operand(1) : nil
    case is Divide:
      return isNumber(1, 1) ? .operand(0) : nil
    case is Cast:
      return node.type == operands[0].type ? .operand(0) : nil
    case is Select:
      guard let condition = operands[0].operation as? Fill else { return nil }
      return .operand(condition.bits == 0 ? 2 : 1)
    default:
      return nil
    }
  }

  /// Elementwise operations on numbers that are known now.
  private static func constant(_ node: Node, _ operands: [Node]) -> Rewrite? {
    guard case .elementwise(let function) = node.operation.lowering, !operands.isEmpty else {
      return nil
    }
    let fills = operands.compactMap { $0.operation as? Fill }
    guard fills.count == operands.count else { return nil }
    let bits = ScalarEvaluation.evaluate(
      function, result: node.type.dtype, from: operands[0].type.dtype, operands: fills.map(\.bits))
    return .node(replacing(node, Fill(bits: bits, node.type), []))
  }

  private static func replacing(
    _ node: Node, _ operation: any Operation, _ operands: [NodeID]
  ) -> Node {
    Node(operation: operation, operands: operands, type: node.type, scope: node.scope)
  }
}
