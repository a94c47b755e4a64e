import TidemillGraph

/// An explanation as numbers and names, for JSON. Names of fields are stable; fields may be added.
package struct ExplanationReport: Encodable, Sendable {
  /// A scalar, a vector, a matrix, ...; a number that is not finite is null.
  package enum Block: Encodable, Sendable, Equatable {
    case number(Double?)
    case blocks([Block])

    init(_ tensor: Tensor) {
      let numbers = tensor.doubles.map { Block.number($0.isFinite ? $0 : nil) }
      self = Self.nested(tensor.shape.dimensions[...], numbers[...])
    }

    private static func nested(_ shape: ArraySlice<Int>, _ numbers: ArraySlice<Block>) -> Block {
      guard let extent = shape.first else { return numbers.first ?? .number(nil) }
      let step = extent > 0 ? numbers.count / extent : 0
      return .blocks(
        (0..<extent).map { index in
          let start = numbers.startIndex + index * step
          return nested(shape.dropFirst(), numbers[start..<start + step])
        })
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number?): try container.encode(number)
      case .number(nil): try container.encodeNil()
      case .blocks(let blocks): try container.encode(blocks)
      }
    }
  }

  /// A number, a name or an operation.
  package struct Node: Encodable, Sendable {
    /// Its position, from 0; operands have lower ones.
    package let id: Int
    package let name: String
    /// The operation's name or sign; empty for numbers and names.
    package let operation: String
    package let operands: [Int]
    /// By the names of its operands.
    package let definition: String
    /// By numbers and names alone.
    package let expression: String
    /// The extents, outermost first.
    package let shape: [Int]
    package let value: Block
    /// `∂result/∂node`, of the shape of the value.
    package let gradient: Block
  }

  package let expression: String
  package let result: Block
  package let nodes: [Node]

  /// Describes an explanation.
  package init(_ explanation: Explanation) {
    expression = explanation.text
    result = explanation.nodes.last.map { Block($0.value) } ?? .number(nil)
    nodes = explanation.nodes.enumerated().map { index, node in
      Node(
        id: index, name: node.label, operation: node.operation, operands: node.operands,
        definition: node.definition, expression: node.expression,
        shape: node.value.shape.dimensions, value: Block(node.value),
        gradient: Block(node.gradient))
    }
  }
}
