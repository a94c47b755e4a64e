import TidemillCompiler
import TidemillGraph

/// The arena of a plan over a step: time across, addresses up, and a box for each value.
///
/// Values that are computed again have a colour of their own and a frame. A box in the place of another
/// one is drawn over it. The picture follows the reader's choice of a light or a dark background.
package struct ArenaTimeline {
  private static let (width, height) = (920.0, 420.0)
  private static let (left, right, header, footer) = (74.0, 18.0, 58.0, 50.0)

  private let title: String
  private let boxes: [Box]
  private let horizontal, vertical: ChartAxis

  private struct Box {
    var start, end: Double
    var offset, byteCount: Int
    var isAgain: Bool
    var text: String
  }

  /// The timeline of a plan, in which calls take what they cost on paper.
  ///
  /// - Parameter title: What is written above.
  package init(_ title: String, plan: MemoryPlan, program: Program) {
    self.title = title
    var times = [0.0]
    for step in plan.steps {
      times.append((times.last ?? 0) + program.calls[step.call].cost.seconds * 1e3)
    }
    boxes = plan.values.filter { $0.byteCount > 0 }.map { value in
      let (first, last) = (value.lifetime.lowerBound, value.lifetime.upperBound)
      let label = program.calls[plan.steps[first].call].label
      let isAgain = plan.steps[first].isRecomputation
      return Box(
        start: times[first], end: times[last + 1], offset: value.offset,
        byteCount: value.byteCount, isAgain: isAgain,
        text: "\(label)\(isAgain ? ", again" : ""): \(NumberText.bytes(value.byteCount)) at "
          + "\(value.offset), steps \(first) to \(last)")
    }
    horizontal = ChartAxis([0, times.last ?? 0], .linear)
    vertical = ChartAxis([0, Double(plan.arenaBytes) / Self.unit], .linear)
  }

  private static let unit = 1024.0 * 1024

  /// The picture.
  package var svg: String {
    let (width, height) = (SVG.pixels(Self.width), SVG.pixels(Self.height))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
      "<title>\(SVG.escaped(title))</title>",
      "<style>\(ChartColors.style)</style>",
      "<rect width=\"100%\" height=\"100%\" fill=\"\(ChartColors.paper.light)\" class=\"paper\"/>",
    ]
    let plot = LineChartDrawing.Plot(
      left: Self.left, top: Self.header, width: Self.width - Self.left - Self.right,
      height: Self.height - Self.header - Self.footer, horizontal: horizontal, vertical: vertical)
    lines += plot.grid
    lines.append("<g class=\"ink\" color=\"\(ChartColors.ink.light)\" fill=\"currentColor\">")
    lines += plot.tickTexts + texts(plot)
    lines.append("</g>")
    for (color, isAgain) in [(0, false), (1, true)] {
      lines.append(
        "<g class=\"s\(color)\" color=\"\(ChartColors.series[color].light)\" fill=\"currentColor\" "
          + "fill-opacity=\"\(isAgain ? 0.75 : 0.45)\" stroke=\"currentColor\" "
          + "stroke-width=\"\(isAgain ? 1.2 : 0.4)\">")
      lines += boxes.filter { $0.isAgain == isAgain }.compactMap { element($0, plot) }
      lines.append("</g>")
    }
    return (lines.filter { !$0.isEmpty } + ["</svg>", ""]).joined(separator: "\n")
  }

  private func texts(_ plot: LineChartDrawing.Plot) -> [String] {
    let (middle, center) = (plot.left + plot.width / 2, plot.top + plot.height / 2)
    let legend = "orange: computed again"
    return [
      SVG.text(NumberBlock.shortened(title, 100), x: Self.left, y: 22, size: 14, anchor: "start"),
      boxes.contains { $0.isAgain }
        ? SVG.text(legend, x: Self.left, y: 42, size: 11, anchor: "start") : "",
      SVG.text(
        "predicted time on one core, ms", x: middle, y: plot.top + plot.height + 38, size: 12,
        anchor: "middle"),
      "<g transform=\"rotate(-90 14 \(SVG.pixels(center)))\">"
        + SVG.text("address, MiB", x: 14, y: center, size: 12, anchor: "middle") + "</g>",
    ]
  }

  private func element(_ box: Box, _ plot: LineChartDrawing.Plot) -> String? {
    guard let start = horizontal.place(box.start), let end = horizontal.place(box.end),
      let bottom = vertical.place(Double(box.offset) / Self.unit),
      let top = vertical.place(Double(box.offset + box.byteCount) / Self.unit)
    else { return nil }
    let x = SVG.pixels(plot.left + start * plot.width)
    let y = SVG.pixels(plot.top + (1 - top) * plot.height)
    let width = SVG.pixels(max(0.3, (end - start) * plot.width))
    let height = SVG.pixels(max(0.3, (top - bottom) * plot.height))
    return "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\">"
      + "<title>\(SVG.escaped(box.text))</title></rect>"
  }
}
