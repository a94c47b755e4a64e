extension Explanation {
  /// The graph in the language of Graphviz, with the value and the gradient of each node.
  ///
  /// ```
  /// tidemill explain 'x*y' --at x=2,y=3 --dot - | dot -Tsvg > product.svg
  /// ```
  package var dot: String {
    var lines = [
      "digraph \(DOT.quoted(text)) {",
      "  graph [label=\(DOT.quoted(text)), labelloc=t, rankdir=LR, fontname=\"sans-serif\"];",
      "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];",
      "  edge [color=gray40, arrowsize=0.6];",
    ]
    for (index, node) in nodes.enumerated() {
      let name = node.isLeaf ? node.label : "\(node.label) = \(node.definition)"
      let label = [
        NumberBlock.shortened(name, 60),
        "value \(NumberBlock.short(node.value, digits: 6, limit: 60))",
        "gradient \(NumberBlock.short(node.gradient, digits: 6, limit: 60))",
      ].joined(separator: "\n")
      let shape = node.isLeaf ? ", shape=ellipse, style=filled, fillcolor=gray92];" : "];"
      lines.append("  n\(index) [label=\(DOT.quoted(label))\(shape)")
    }
    for (index, node) in nodes.enumerated() {
      lines += node.operands.map { "  n\($0) -> n\(index);" }
    }
    lines.append("}")
    return lines.joined(separator: "\n")
  }
}
