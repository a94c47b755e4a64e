extension Expression {
  /// The expression as the language writes it, with no parentheses but those it needs.
  ///
  /// Reading it again gives the same nodes.
  package var text: String { texts.last ?? "" }

  /// Every node as an expression of numbers and names.
  package var texts: [String] {
    var texts: [String] = []
    for node in nodes {
      texts.append(node.text { (texts[$0], nodes[$0].binding) })
    }
    return texts
  }

  /// What people call each node: its name, its number, and `q1`, `q2`, ... for operations, without
  /// those that are names of the expression.
  package var labels: [String] {
    let taken = Set(names.map(\.name))
    var count = 0
    return nodes.map { node in
      switch node.kind {
      case .constant, .name:
        return node.text { _ in ("", .primary) }
      default:
        repeat { count += 1 } while taken.contains("q\(count)")
        return "q\(count)"
      }
    }
  }

  /// Each node by the labels of its operands: `q1 * y`.
  package func definitions(_ labels: [String]) -> [String] {
    nodes.map { node in
      node.text { operand in
        let isLeaf = nodes[operand].operands.isEmpty
        return (labels[operand], isLeaf ? nodes[operand].binding : .primary)
      }
    }
  }
}

extension Expression.Node {
  /// How tightly what a node is written with holds together.
  package enum Binding: Int, Comparable {
    case sum, product, sign, power, primary

    package static func < (lhs: Binding, rhs: Binding) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  /// The binding of the node's own text.
  package var binding: Binding {
    switch kind {
    case .add, .subtract: .sum
    case .multiply, .divide, .matmul: .product
    case .negate: .sign
    case .power: .power
    case .constant([], let numbers) where numbers.first?.sign == .minus: .sign
    case .constant, .name, .stack, .function: .primary
    }
  }

  /// The operation as people call it; empty for numbers and names.
  package var operation: String {
    switch kind {
    case .constant, .name: ""
    case .add: "+"
    case .subtract, .negate: "-"
    case .multiply: "*"
    case .divide: "/"
    case .matmul: "@"
    case .power: "^"
    case .stack: "[]"
    case .function(let function): function.name
    }
  }

  /// The node with given texts for its operands.
  package func text(_ operand: (Int) -> (text: String, binding: Binding)) -> String {
    func written(_ position: Int, atLeast binding: Binding) -> String {
      let (text, found) = operand(operands[position])
      return found < binding ? "(\(text))" : text
    }
    func list() -> String { operands.map { operand($0).text }.joined(separator: ", ") }
    switch kind {
    case .constant(let shape, let numbers): return NumberBlock.text(shape, numbers)
    case .name(let name): return name
    case .add, .subtract:
      return "\(written(0, atLeast: .sum)) \(operation) \(written(1, atLeast: .product))"
    case .multiply, .divide, .matmul:
      return "\(written(0, atLeast: .product)) \(operation) \(written(1, atLeast: .sign))"
    case .negate: return "-" + written(0, atLeast: .sign)
    case .power: return "\(written(0, atLeast: .primary))^\(written(1, atLeast: .sign))"
    case .stack: return "[\(list())]"
    case .function(let function): return "\(function.name)(\(list()))"
    }
  }
}
