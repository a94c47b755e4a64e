/// The lines of SVG that draw one chart, from the top left.
struct LineChartDrawing: ChartDrawing {
  private static let width = 460.0
  static let plotHeight = 230.0
  private static let (left, right, header, footer) = (64.0, 18.0, 34.0, 50.0)
  private static let legendRow = 18.0
  /// The legend names no more than these; a picture with more series cannot be read anyway.
  private static let mostNamed = 24

  var width: Double { Self.width }
  let height: Double
  let lines: [String]

  init(_ chart: LineChart) {
    let points = chart.series.flatMap(\.points)
    let horizontal = ChartAxis(points.map(\.x), chart.xScale)
    let vertical = ChartAxis(points.map(\.y), chart.yScale)
    let entries = Self.legend(chart.series)
    let top = Self.header + Double((entries.last?.row ?? -1) + 1) * Self.legendRow
    height = top + Self.plotHeight + Self.footer
    let plot = Plot(
      left: Self.left, top: top, width: Self.width - Self.left - Self.right,
      height: Self.plotHeight, horizontal: horizontal, vertical: vertical)
    var lines = plot.grid
    lines.append("<g class=\"ink\" color=\"\(ChartColors.ink.light)\" fill=\"currentColor\">")
    lines += Self.texts(chart, plot) + entries.map(\.text) + ["</g>"]
    lines += entries.map(\.sample)
    lines += chart.series.enumerated().map { plot.path($0.element, at: $0.offset) }
    self.lines = lines.filter { !$0.isEmpty }
  }

  private static func texts(_ chart: LineChart, _ plot: Plot) -> [String] {
    let middle = plot.left + plot.width / 2
    let center = plot.top + plot.height / 2
    let longest = Int(plot.width / SVG.advance(12))
    func short(_ text: String) -> String { NumberBlock.shortened(text, longest) }
    return [
      SVG.text(short(chart.title), x: left, y: 22, size: 14, anchor: "start"),
      SVG.text(
        short(chart.x), x: middle, y: plot.top + plot.height + 38, size: 12, anchor: "middle"),
      "<g transform=\"rotate(-90 14 \(SVG.pixels(center)))\">"
        + SVG.text(NumberBlock.shortened(chart.y, 34), x: 14, y: center, size: 12, anchor: "middle")
        + "</g>",
    ] + plot.tickTexts
  }

  private struct Entry {
    let row: Int
    let sample: String
    let text: String
  }

  /// Names in rows, each behind a piece of its line.
  private static func legend(_ series: [LineChart.Series]) -> [Entry] {
    var (row, x) = (0, left)
    var entries: [Entry] = []
    for (index, series) in series.enumerated() where !series.name.isEmpty {
      let isLast = entries.count == mostNamed
      let name = isLast ? "and more" : NumberBlock.shortened(series.name, 40)
      let length = series.mark == .dots ? 0.0 : 22
      let width = length + SVG.width(name, 11) * 0.9 + 18
      if x > left && x + width > Self.width - right { (row, x) = (row + 1, left) }
      let y = header + Double(row) * legendRow
      let line = "M\(SVG.pixels(x)) \(SVG.pixels(y))h\(SVG.pixels(length))"
      entries.append(
        Entry(
          row: row, sample: isLast ? "" : element(line, series.mark, at: index),
          text: SVG.text(name, x: x + length + 7, y: y + 4, size: 11, anchor: "start")))
      if isLast { break }
      x += width
    }
    return entries
  }

  /// A path in the colour of a series.
  static func element(_ path: String, _ mark: LineChart.Mark, at index: Int) -> String {
    guard !path.isEmpty else { return "" }
    let color = index % ChartColors.series.count
    // A dot is a line of no length with round ends.
    let style =
      switch mark {
      case .line: "1.8"
      case .dashes: "1.8\" stroke-dasharray=\"6 4"
      case .dots: "4\" stroke-opacity=\"0.75"
      }
    return "<path class=\"s\(color)\" color=\"\(ChartColors.series[color].light)\" fill=\"none\" "
      + "stroke=\"currentColor\" stroke-linecap=\"round\" stroke-linejoin=\"round\" "
      + "stroke-width=\"\(style)\" d=\"\(path)\"/>"
  }
}
