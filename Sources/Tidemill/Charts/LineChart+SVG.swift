extension LineChart {
  /// Charts beside each other in one picture.
  ///
  /// - Parameter charts: From left to right.
  public static func svg(_ charts: [LineChart]) -> String {
    let drawings = charts.map(LineChartDrawing.init)
    let width = Swift.max(Double(charts.count), 1) * LineChartDrawing.width
    let height = drawings.map(\.height).max() ?? LineChartDrawing.plotHeight
    let title = charts.map(\.title).filter { !$0.isEmpty }.joined(separator: "; ")
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(SVG.pixels(width))\" "
        + "height=\"\(SVG.pixels(height))\" viewBox=\"0 0 \(SVG.pixels(width)) "
        + "\(SVG.pixels(height))\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
      "<title>\(SVG.escaped(title))</title>",
      "<style>\(ChartColors.style)</style>",
      "<rect width=\"100%\" height=\"100%\" fill=\"\(ChartColors.paper.light)\" class=\"paper\"/>",
    ]
    for (index, drawing) in drawings.enumerated() {
      let left = SVG.pixels(Double(index) * LineChartDrawing.width)
      lines.append("<g transform=\"translate(\(left) 0)\">")
      lines += drawing.lines
      lines.append("</g>")
    }
    lines += ["</svg>", ""]
    return lines.joined(separator: "\n")
  }
}
