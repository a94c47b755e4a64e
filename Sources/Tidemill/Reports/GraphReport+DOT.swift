extension GraphReport {
  /// The graph in the language of Graphviz: a cluster for each scope, sources as ellipses, results
  /// as double circles.
  ///
  /// ```
  /// tidemill graph tiny --format dot | dot -Tsvg > tiny.svg
  /// ```
  ///
  /// - Parameter name: What the picture is called.
  public func dot(name: String) -> String {
    var root = ScopeTree()
    for node in nodes { root.insert(node, at: node.scope.split(separator: "/")[...]) }
    var lines = [
      "digraph \(DOT.quoted(name)) {",
      "  graph [label=\(DOT.quoted(name)), labelloc=t, fontname=\"sans-serif\"];",
      "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];",
      "  edge [color=gray40, arrowsize=0.6];",
    ]
    var clusters = 0
    root.write(to: &lines, indentation: "  ", clusters: &clusters)
    for node in nodes {
      lines += node.operands.map { "  n\($0) -> n\(node.id);" }
    }
    lines += resultLines
    lines.append("}")
    return lines.joined(separator: "\n")
  }

  private var resultLines: [String] {
    let results =
      outputs.map { ($0, "output") } + assignments.map { ($0.value, "\($0.state) :=") }
      + guards.map { ($0.value, "\($0.name) is finite") }
    return results.enumerated().flatMap { index, result in
      [
        "  r\(index) [shape=plaintext, label=\(DOT.quoted(result.1))];",
        "  n\(result.0) -> r\(index) [style=dashed];",
      ]
    }
  }

  fileprivate static func line(_ node: Node) -> String {
    let attributes = node.attributes.isEmpty ? "" : " \(node.attributes)"
    let isSource = node.operands.isEmpty
    return "n\(node.id) [label=\(DOT.quoted("\(node.operation)\(attributes)\n\(node.type)"))"
      + (isSource ? ", shape=ellipse, style=filled, fillcolor=gray92];" : "];")
  }
}

/// The nodes of a scope, and the scopes in it.
private struct ScopeTree {
  private var nodes: [GraphReport.Node] = []
  private var inner: [(name: Substring, tree: ScopeTree)] = []

  mutating func insert(_ node: GraphReport.Node, at path: ArraySlice<Substring>) {
    guard let name = path.first else {
      nodes.append(node)
      return
    }
    let index = inner.firstIndex { $0.name == name } ?? inner.count
    if index == inner.count { inner.append((name, ScopeTree())) }
    inner[index].tree.insert(node, at: path.dropFirst())
  }

  func write(to lines: inout [String], indentation: String, clusters: inout Int) {
    lines += nodes.map { indentation + GraphReport.line($0) }
    for (name, tree) in inner {
      lines.append("\(indentation)subgraph cluster\(clusters) {")
      clusters += 1
      lines.append(
        "\(indentation)  label=\(DOT.quoted(String(name))); color=gray70; fontsize=10;")
      tree.write(to: &lines, indentation: indentation + "  ", clusters: &clusters)
      lines.append("\(indentation)}")
    }
  }
}
