import Tidemill
import TidemillGraph

extension FuzzTarget {
  /// Texts of expressions and of values: what was read is read again from the text of it, and the
  /// graph takes it or says why not.
  static let expression = FuzzTarget("expression") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    if let values = try accepted(lines: 3, { try ExpressionValues(text) }) {
      for entry in values.entries {
        try require(entry.tensor.count <= text.utf8.count, "more numbers than the text has")
      }
    }
    guard let read = try accepted(lines: 3, { try Expression(text) }) else { return }
    // Signs that papers print can be shorter than those that are written: ones of one byte are not.
    if let again = try accepted(lines: 3, { try Expression(read.text) }) {
      try require(
        again.nodes.map(\.kind) == read.nodes.map(\.kind)
          && again.nodes.map(\.operands) == read.nodes.map(\.operands),
        "other nodes when '\(read.text)' is read")
    } else {
      try require(
        read.text.utf8.count > ExpressionSource.maximumLength, "'\(read.text)' is not read")
    }
    let labels = read.labels
    try require(
      labels.count == read.nodes.count && read.definitions(labels).count == labels.count,
      "not a label for each node")
    _ = try accepted(lines: 3) {
      let graph = GraphBuilder()
      let one = graph.constant(Tensor(scalar: 1.0))
      let values = try read.record(in: graph) { _ in one }
      try require(values.allSatisfy { $0.shape.isValid }, "a value of a shape that cannot be")
    }
  }

  /// An expression, and behind the first line end its values: worked out, every gradient has the
  /// shape of its value, and the result's own is one.
  static let explain = FuzzTarget("explain") { bytes in
    let texts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
      .map { String(decoding: $0, as: UTF8.self) }
    let explained = try accepted(lines: 3) {
      let expression = try Expression(texts.first ?? "")
      let given = expression.names.map { "\($0.name)=0.5" }.joined(separator: ",")
      return try Explanation(
        expression, at: ExpressionValues(texts.count > 1 ? texts[1] : given))
    }
    guard let explained else { return }
    for node in explained.nodes {
      try require(node.gradient.type == node.value.type, "a gradient that is \(node.gradient.type)")
    }
    try require(explained.nodes.last?.gradient.doubles == [1], "a result with another gradient")
    _ = ExplanationReport(explained)
    _ = explained.dot
    _ = try accepted { try explained.svg() }
  }
}
