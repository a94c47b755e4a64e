/// Which label has which colour: those that take most time have one of their own, and all others grey.
struct GanttColors {
  /// A name in the legend, behind a piece of its colour.
  struct Entry {
    let color: Int
    let name: String
    let row: Int
    let x: Double

    func text(top: Double, row height: Double) -> String {
      SVG.text(name, x: x + 18, y: top + Double(row) * height + 4, size: 11, anchor: "start")
    }

    func sample(top: Double, row height: Double) -> String {
      let y = SVG.pixels(top + Double(row) * height - 5)
      return GanttColors.path("M\(SVG.pixels(x)) \(y)h12v10h-12z", color: color)
    }
  }

  private static let grey = 5
  private static let own = ChartColors.series.indices.filter { $0 != grey }
  private let named: [(label: String, color: Int)]
  private let colors: [String: Int]
  private let others: Int

  init(_ bars: [Gantt.Bar]) {
    var times: [String: Double] = [:]
    for bar in bars { times[bar.label, default: 0] += bar.end - bar.start }
    let labels = times.keys.sorted {
      (-(times[$0] ?? 0), $0) < (-(times[$1] ?? 0), $1)
    }
    named = zip(labels, Self.own).map { ($0, $1) }
    colors = Dictionary(uniqueKeysWithValues: named.map { ($0.label, $0.color) })
    others = labels.count - named.count
  }

  /// Position in `ChartColors.series`.
  func color(of bar: Gantt.Bar) -> Int { colors[bar.label] ?? Self.grey }

  /// Names in rows, in the room between two places.
  func legend(from left: Double, to right: Double) -> [Entry] {
    var (row, x) = (0, left)
    var entries: [Entry] = []
    let rest = others > 0 ? [(label: "\(others) others", color: Self.grey)] : []
    for (label, color) in named + rest where !label.isEmpty {
      let name = Self.shortened(label)
      let width = 18 + SVG.width(name, 11) * 0.9 + 18
      if x > left && x + width > right { (row, x) = (row + 1, left) }
      entries.append(Entry(color: color, name: name, row: row, x: x))
      x += width
    }
    return entries
  }

  /// The end of a label tells it apart.
  private static func shortened(_ label: String) -> String {
    label.count <= 40 ? label : "…" + label.suffix(39)
  }

  /// A path that is filled with a colour.
  static func path(_ path: String, color: Int) -> String {
    "<path class=\"s\(color)\" color=\"\(ChartColors.series[color].light)\" fill=\"currentColor\" "
      + "d=\"\(path)\"/>"
  }
}
