import TidemillGraph

extension Expression {
  /// Records every node in a graph.
  ///
  /// - Parameter leaf: The value of a name.
  /// - Returns: A value of its own for each node, so that each has a gradient of its own.
  /// - Throws: `argument` for operands that do not fit, with a line that marks the operation.
  package func record(
    in graph: GraphBuilder, leaf: (String) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    for node in nodes {
      let operands = node.operands.map { values[$0] }
      var value = try node.record(operands, in: graph, leaf: leaf)
      guard value.isValid else { throw mistake(in: graph, of: node) }
      // The sum of a scalar is that scalar; as a node it has uses of its own, and so a gradient.
      if operands.contains(where: { $0.id == value.id }) {
        let shape = value.shape
        value = value.reshaped(to: Shape([1] + shape.dimensions)).reshaped(to: shape)
      }
      values.append(value)
    }
    return values
  }

  /// The most numbers that all nodes together may have. A short text can ask for any amount of memory:
  /// one that stacks products of a column and a row.
  package static let maximumNumbers = 1 << 20

  /// Proves that the nodes are few enough numbers to be worked out and shown.
  ///
  /// - Throws: `argument`, with a line that marks the node with which they are too many.
  package func checkSize(of values: [Value]) throws {
    var count = 0
    for (value, node) in zip(values, nodes) {
      count += value.shape.count
      guard count <= Self.maximumNumbers else {
        throw source.error(
          "With this there are \(count) numbers in all, and \(Self.maximumNumbers) are possible; "
            + "take smaller blocks.", at: node.range)
      }
    }
  }

  /// What the graph has to say about an operation that it did not take.
  private func mistake(in graph: GraphBuilder, of node: Node) -> TidemillError {
    var reason = "\(node.operation): the operands do not fit."
    do {
      _ = try graph.graph(outputs: [])
    } catch let error as TidemillError {
      reason = error.message
    } catch {}
    return source.error(reason, at: node.range)
  }
}

extension Expression.Node {
  fileprivate func record(
    _ x: [Value], in graph: GraphBuilder, leaf: (String) throws -> Value
  ) throws -> Value {
    switch kind {
    case .constant([], let numbers): graph.fill(numbers.first ?? 0, .scalar, .float64)
    case .constant(let shape, let numbers):
      graph.constant(try Tensor(numbers, shape: Shape(shape)))
    case .name(let name): try leaf(name)
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / x[1]
    case .matmul: x[0].matmul(x[1])
    case .power: power(x[0], x[1])
    case .negate: -x[0]
    case .stack: stacked(x, in: graph)
    case .function(let function): function(x)
    }
  }

  /// Values of one shape, along a new first axis.
  private func stacked(_ x: [Value], in graph: GraphBuilder) -> Value {
    let shape = x.first?.shape ?? .scalar
    guard shape.rank < Shape.maximumRank else {
      return graph.diagnose("[]: brackets can be at most \(Shape.maximumRank) deep.")
    }
    guard let other = x.first(where: { $0.shape != shape }) else {
      return graph.stack(x)
    }
    return graph.diagnose(
      "[]: elements must have one shape, but the first has \(shape) and another \(other.shape).")
  }
}
