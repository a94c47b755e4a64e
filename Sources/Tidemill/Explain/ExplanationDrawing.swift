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
          boxWidth: Swift.max(28, SVG.width(drawn.text, 14) + 18, SVG.width(drawn.name, 11)),
          wireWidth: Swift.max(SVG.width(drawn.value, 12), SVG.width(drawn.gradient, 12)) + 14,
          operands: node.operands)
      })
  }
}
