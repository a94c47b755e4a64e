import TidemillGraph

/// A formula that was read: a graph of numbers, names and operations on them.
///
/// ```swift
/// let hinge = try Expression("max(1 - (w*x)*y, 0)")
/// hinge.text                                          // max(1 - w * x * y, 0)
/// ```
///
/// Nodes lie in an array, operands before their uses, so that nothing that goes through them needs a
/// stack: a sum may have a thousand terms. A name is one node, wherever it is used.
package struct Expression: Sendable {
  /// What a node is.
  package enum Kind: Hashable, Sendable {
    /// A number; a vector or matrix of numbers in row-major order.
    case constant(shape: [Int], numbers: [Double])
    /// Something that a value is given for.
    case name(String)
    case add, subtract, multiply, divide, matmul, power, negate
    /// A vector of scalars, or a matrix of vectors, not all of them numbers.
    case stack
    case function(ExpressionFunction)
  }

  /// A number, a name, or an operation on earlier nodes.
  package struct Node: Sendable {
    package var kind: Kind
    package var operands: [Int]
    /// The characters that errors mark: the name, the sign of the operation.
    package var range: Range<Int>
  }

  package let source: ExpressionSource
  /// In topological order; the last one is the result.
  package let nodes: [Node]

  /// Reads a text.
  ///
  /// - Throws: `argument`, with a line that marks the position.
  package init(_ text: String) throws(TidemillError) {
    source = try ExpressionSource(text, what: "The expression")
    var parser = try ExpressionParser(source)
    nodes = try parser.wholeExpression()
  }

  /// The names that values are needed for, in the order of their first use.
  package var names: [(name: String, range: Range<Int>)] {
    nodes.compactMap { node in
      if case .name(let name) = node.kind { (name, node.range) } else { nil }
    }
  }
}
