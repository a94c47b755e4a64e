/// The lines of SVG that draw who does what when, from the top left.
struct GanttDrawing: ChartDrawing {
  let width = 960.0
  let height: Double
  let lines: [String]

  private static let (right, header, footer) = (18.0, 34.0, 50.0)
  private static let legendRow = 18.0
  /// What is below each other can be looked at up to here; the picture says how many rows are left out.
  private static let mostRows = 256
  /// Texts of more bars make a file slow to show.
  private static let mostTexts = 2_000

  init(_ gantt: Gantt) {
    let shown = gantt.rows.prefix(Self.mostRows)
    let bars = gantt.bars.filter { shown.indices.contains($0.row) && $0.start < $0.end }
    let axis = ChartAxis(bars.flatMap { [$0.start, $0.end] }, .linear)
    let colors = GanttColors(bars)
    let names = shown.map { NumberBlock.shortened($0, 28) }
    let left = 16 + (names.map { SVG.width($0, 11) * 0.9 }.max() ?? 0)
    let legend = colors.legend(from: left, to: width - Self.right)
    let top = Self.header + Double((legend.last?.row ?? -1) + 1) * Self.legendRow
    // Many rows are lower, as long as they can be told apart.
    let row = max(6, min(24, 1200 / Double(max(shown.count, 1))))
    let plot = GanttPlot(
      left: left, top: top, width: width - left - Self.right, row: row, rows: shown.count,
      axis: axis)
    height = top + plot.height + Self.footer
    let hidden = gantt.rows.count - shown.count
    let note = hidden > 0 ? "; \(hidden) more rows are not shown" : ""
    let texts =
      [
        SVG.text(
          NumberBlock.shortened(gantt.title, 100), x: left, y: 22, size: 14, anchor: "start"),
        SVG.text(
          NumberBlock.shortened(gantt.x, 80) + note, x: left + plot.width / 2,
          y: top + plot.height + 38, size: 12, anchor: "middle"),
      ] + plot.texts(names) + legend.map { $0.text(top: Self.header, row: Self.legendRow) }
    lines =
      [
        plot.grid,
        "<g class=\"ink\" color=\"\(ChartColors.ink.light)\" fill=\"currentColor\">",
      ] + texts.filter { !$0.isEmpty } + ["</g>"]
      + legend.map { $0.sample(top: Self.header, row: Self.legendRow) }
      + plot.paths(bars, colors)
      + (bars.count <= Self.mostTexts ? plot.barTexts(bars) : [])
  }
}
