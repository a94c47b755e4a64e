/// The part of a Gantt chart between its axes.
struct GanttPlot {
  let left, top, width: Double
  /// The height of a row.
  let row: Double
  let rows: Int
  let axis: ChartAxis

  var height: Double { row * Double(max(rows, 1)) }

  private func x(_ time: Double) -> Double? { axis.place(time).map { left + $0 * width } }
  private var inset: Double { row >= 10 ? 2 : 0.5 }

  /// A line at every number that is written.
  var grid: String {
    let columns = axis.ticks.map {
      "M\(SVG.pixels(left + $0.place * width)) \(SVG.pixels(top))v\(SVG.pixels(height))"
    }
    return "<path class=\"grid\" fill=\"none\" stroke=\"\(ChartColors.grid.light)\" "
      + "d=\"\(columns.joined())\"/>"
  }

  /// The numbers below, and names beside rows that are high enough.
  func texts(_ names: [String]) -> [String] {
    axis.ticks.map {
      SVG.text(
        $0.text, x: left + $0.place * width, y: top + height + 18, size: 11, anchor: "middle")
    }
      + names.enumerated().filter { index, _ in index % Int((12 / row).rounded(.up)) == 0 }.map {
        SVG.text(
          $1, x: left - 7, y: top + (Double($0) + 0.5) * row + 4, size: 11, anchor: "end")
      }
  }

  /// A path for each row and colour.
  func paths(_ bars: [Gantt.Bar], _ colors: GanttColors) -> [String] {
    var spans: [Key: [(start: Double, end: Double)]] = [:]
    for bar in bars {
      guard let start = x(bar.start), let end = x(bar.end) else { continue }
      spans[Key(row: bar.row, color: colors.color(of: bar)), default: []].append((start, end))
    }
    return spans.sorted { $0.key < $1.key }.map { key, spans in
      let y = SVG.pixels(top + Double(key.row) * row + inset)
      let height = SVG.pixels(row - 2 * inset)
      let pieces = Self.merged(spans.sorted { $0 < $1 }).map { start, end in
        // A gap of half a pixel tells bars apart that are long enough.
        let length = SVG.pixels(end - start > 2 ? end - start - 0.5 : max(end - start, 0.2))
        return "M\(SVG.pixels(start)) \(y)h\(length)v\(height)h-\(length)z"
      }
      return GanttColors.path(pieces.joined(), color: key.color)
    }
  }

  private struct Key: Hashable, Comparable {
    let row: Int
    let color: Int
    static func < (a: Key, b: Key) -> Bool { (a.row, a.color) < (b.row, b.color) }
  }

  /// One piece for short ones that no pixel tells apart: a row has no more of them than it has pixels.
  private static func merged(_ spans: [(start: Double, end: Double)])
    -> [(start: Double, end: Double)]
  {
    var result: [(start: Double, end: Double)] = []
    for span in spans {
      if let last = result.last, span.start - last.end < 0.2,
        last.end - last.start < 1 || span.end - span.start < 1
      {
        result[result.count - 1].end = max(last.end, span.end)
      } else {
        result.append(span)
      }
    }
    return result
  }

  /// Texts of bars that are long enough for them, in the colour of the background.
  func barTexts(_ bars: [Gantt.Bar]) -> [String] {
    guard row >= 14 else { return [] }
    return bars.compactMap { bar in
      guard let start = x(bar.start), let end = x(bar.end), !bar.text.isEmpty,
        end - start >= SVG.width(bar.text, 10) + 4
      else { return nil }
      return "<g class=\"paper\" fill=\"\(ChartColors.paper.light)\">"
        + SVG.text(
          bar.text, x: (start + end) / 2, y: top + (Double(bar.row) + 0.5) * row + 3.5, size: 10,
          anchor: "middle") + "</g>"
    }
  }
}
