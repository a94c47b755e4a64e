/// The texts of a picture, and where they go.
package struct ExplanationDrawing {
  /// What is written on a node and its wire.
  struct Node {
    let isLeaf: Bool
    /// Above the box; empty for numbers and names, which are in it.
    let name: String
    let text: String
    let value: String
    let gradient: String
    /// What a pointer over it shows.
    let title: String
  }

  let nodes: [Node]
  package let layout: LayeredLayout

  /// Half the height of a box.
  package static let halfBox = 14.0
  /// Characters of a text; the pointer shows the rest.
  private static let longest = 28

  package init(_ explanation: Explanation) {
    nodes = explanation.nodes.map { node in
      Node(
        isLeaf: node.isLeaf, name: node.isLeaf ? "" : node.label,
        text: NumberBlock.shortened(node.definition, Self.longest),
        value: NumberBlock.short(node.value, digits: 4, limit: Self.longest),
        gradient: NumberBlock.short(node.gradient, digits: 4, limit: Self.longest),
        title: NumberBlock.shortened(node.expression, 200))
    }
    layout = LayeredLayout(
      zip(nodes, explanation.nodes).map { drawn, node in
        LayeredLayout.Node(
          boxWidth: Swift.max(28, Self.width(drawn.text, 14) + 18, Self.width(drawn.name, 11)),
          wireWidth: Swift.max(Self.width(drawn.value, 12), Self.width(drawn.gradient, 12)) + 14,
          operands: node.operands)
      })
  }

  /// From one character to the next of a font with equal ones.
  static func advance(_ size: Double) -> Double { size * 0.61 }

  /// Letters of the east are two wide.
  static func width(_ text: String, _ size: Double) -> Double {
    text.reduce(0) { $0 + (($1.unicodeScalars.first?.value ?? 0) < 0x1100 ? 1 : 2) }
      * advance(size)
  }
}
