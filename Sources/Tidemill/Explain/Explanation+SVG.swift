import TidemillGraph

extension Explanation {
  /// More is no picture that anybody can read.
  package static let maximumDrawnNodes = 200

  /// A picture as lectures draw it: the value of each node above the wire that leaves it, in green,
  /// and its gradient below, in red.
  ///
  /// - Throws: `argument` where there are more than ``maximumDrawnNodes`` nodes.
  package func svg() throws(TidemillError) -> String {
    guard nodes.count <= Self.maximumDrawnNodes else {
      throw TidemillError(
        .argument,
        "The expression has \(nodes.count) nodes; a picture has at most \(Self.maximumDrawnNodes).")
    }
    let drawing = ExplanationDrawing(self)
    let layout = drawing.layout
    let legend = "value above, gradient of the result below"
    let caption = NumberBlock.shortened(
      text, max(legend.count, Int(layout.width / SVG.advance(15))))
    let width =
      max(layout.width, SVG.width(caption, 15), SVG.width(legend, 11))
      + 2 * Self.margin
    let height = layout.height + Self.header + Self.margin
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(pixels(width))\" "
        + "height=\"\(pixels(height))\" viewBox=\"0 0 \(pixels(width)) \(pixels(height))\" "
        + "font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\">",
      "<title>\(SVG.escaped(text))</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      SVG.text(caption, x: Self.margin, y: 30, size: 15, color: "#1f2328", anchor: "start"),
      SVG.text(legend, x: Self.margin, y: 48, size: 11, color: "#656d76", anchor: "start"),
      "<g transform=\"translate(\(pixels(Self.margin)) \(pixels(Self.header)))\">",
      "<g fill=\"none\" stroke=\"#656d76\" stroke-width=\"1.2\">",
    ]
    lines += layout.places.map { place in
      "<path d=\"M \(pixels(place.x + place.width)) \(pixels(place.y)) H \(pixels(place.wireEnd))\"/>"
    }
    lines += layout.branches.map(path)
    lines.append("</g>")
    for (node, place) in zip(drawing.nodes, layout.places) { lines += elements(node, place) }
    lines += ["</g>", "</svg>", ""]
    return lines.joined(separator: "\n")
  }

  private static var margin: Double { 16 }
  /// Room for the caption and what the colours mean.
  private static var header: Double { 56 }

  private func path(_ branch: LayeredLayout.Branch) -> String {
    let middle = (branch.x + branch.curveEndX) / 2
    let head = branch.arrives ? " m -6 -3 l 6 3 l -6 3" : ""
    return
      "<path d=\"M \(pixels(branch.x)) \(pixels(branch.y)) C \(pixels(middle)) \(pixels(branch.y)) "
      + "\(pixels(middle)) \(pixels(branch.endY)) \(pixels(branch.curveEndX)) \(pixels(branch.endY)) "
      + "H \(pixels(branch.endX))\(head)\"/>"
  }

  /// The box with its name and texts, and the texts of its wire.
  private func elements(
    _ node: ExplanationDrawing.Node, _ place: LayeredLayout.Place
  ) -> [String] {
    let half = ExplanationDrawing.halfBox
    let middle = place.x + place.width / 2
    let wire = (place.x + place.width + place.wireEnd) / 2
    return [
      "<g class=\"node\"><title>\(SVG.escaped(node.title))</title>",
      "<rect x=\"\(pixels(place.x))\" y=\"\(pixels(place.y - half))\" "
        + "width=\"\(pixels(place.width))\" height=\"\(pixels(2 * half))\" "
        + "rx=\"\(node.isLeaf ? 14 : 5)\" fill=\"\(node.isLeaf ? "#f0f1f3" : "#ffffff")\" "
        + "stroke=\"#1f2328\" stroke-width=\"1.2\"/>",
      SVG.text(
        node.text, x: middle, y: place.y + 5, size: 14, color: "#1f2328", anchor: "middle"),
      SVG.text(
        node.name, x: middle, y: place.y - half - 4, size: 11, color: "#656d76", anchor: "middle"),
      SVG.text(
        node.value, x: wire, y: place.y - 5, size: 12, color: "#1a7f37", anchor: "middle"),
      SVG.text(
        node.gradient, x: wire, y: place.y + 14, size: 12, color: "#cf222e", anchor: "middle"),
      "</g>",
    ].filter { !$0.isEmpty }
  }

  private func pixels(_ length: Double) -> String { SVG.pixels(length) }
}
