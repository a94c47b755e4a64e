/// The lines of SVG that draw a chart, from the top left.
protocol ChartDrawing {
  var width: Double { get }
  var height: Double { get }
  var lines: [String] { get }
}

extension SVG {
  /// Charts beside each other in one picture, which follows the reader's choice of a background.
  static func picture(_ title: String, _ drawings: [any ChartDrawing]) -> String {
    let width = pixels(max(1, drawings.reduce(0) { $0 + $1.width }))
    let height = pixels(drawings.map(\.height).max() ?? 1)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
      "<title>\(escaped(title))</title>", "<style>\(ChartColors.style)</style>",
      "<rect width=\"100%\" height=\"100%\" fill=\"\(ChartColors.paper.light)\" class=\"paper\"/>",
    ]
    var left = 0.0
    for drawing in drawings {
      lines.append("<g transform=\"translate(\(pixels(left)) 0)\">")
      lines += drawing.lines
      lines.append("</g>")
      left += drawing.width
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }
}
