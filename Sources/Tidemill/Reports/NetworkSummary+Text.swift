import TidemillGraph

extension NetworkSummary: CustomStringConvertible {
  /// A table of the layers, then the sums; no line is longer than 80 characters.
  ///
  /// ```
  /// layer   kind     output     params  trained    flops
  /// hidden  Linear  [64, 256]  200,960  200,960  25.71 M
  /// ```
  ///
  /// `params` of a layer whose parameters are all in a layer above are `shared`.
  public var lines: [String] {
    var table = TextTable([
      ("layer", .left), ("kind", .left), ("output", .left), ("params", .right),
      ("trained", .right), ("flops", .right),
    ])
    for row in rows {
      let isShared = row.parameters == 0 && row.sharedParameters > 0
      table.append([
        row.name.shortened(to: 16), row.kind.shortened(to: 14),
        Shape(row.outputShape).description.shortened(to: 15),
        isShared ? "shared" : NumberText.count(Double(row.parameters)),
        isShared ? "" : NumberText.count(Double(row.trainableParameters)),
        NumberText.count(row.flops),
      ])
    }
    let input = "\(inputType)\(Shape(inputShape))".shortened(to: 68)
    let trained = NumberText.count(Double(trainableParameters))
    let frozen = NumberText.count(Double(frozenParameters))
    return table.lines + [
      "",
      "input       \(input)",
      "parameters  \(NumberText.count(Double(parameters))), \(NumberText.bytes(parameterBytes)): "
        + "\(trained) trained, \(frozen) frozen",
      "flops       \(NumberText.count(flops)) forward: 2·M·N·K a product, 1 an element of all else",
    ]
  }

  /// The lines.
  public var description: String { lines.joined(separator: "\n") }
}

extension String {
  /// The text, with its middle left out where it is longer.
  fileprivate func shortened(to width: Int) -> String {
    guard count > width else { return self }
    return prefix(width / 2) + "…" + suffix(width - width / 2 - 1)
  }
}
