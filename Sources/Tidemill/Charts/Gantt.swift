/// Who does what when: a row for each worker, a bar for each task.
///
/// ```swift
/// let gantt = Gantt(
///   "A step", x: "µs", rows: ["worker 0", "worker 1"],
///   [.init(row: 0, start: 0, end: 3, label: "matmul"), .init(row: 1, start: 1, end: 2, label: "relu")])
/// try gantt.write(to: "step.svg")
/// ```
///
/// The picture follows the reader's choice of a light or a dark background.
public struct Gantt: Sendable {
  /// A task on a worker.
  public struct Bar: Sendable {
    /// Position in ``Gantt/rows``.
    public let row: Int
    /// When it starts, in the chart's unit.
    public let start: Double
    /// When it ends.
    public let end: Double
    /// What it belongs to: bars of one label have one colour.
    public let label: String
    /// What is written into it where there is room.
    public let text: String

    /// A bar.
    ///
    /// - Parameters:
    ///   - row: Position in ``Gantt/rows``; a bar without a row is not drawn.
    ///   - start: When it starts, in the chart's unit.
    ///   - end: When it ends; a bar that does not end after it starts is not drawn.
    ///   - label: What it belongs to; an empty one is not in the legend.
    ///   - text: What is written into it where there is room.
    public init(row: Int, start: Double, end: Double, label: String = "", text: String = "") {
      self.row = row
      self.start = start
      self.end = end
      self.label = label
      self.text = text
    }
  }

  /// What is written above.
  public let title: String
  /// What is written below the time.
  public let x: String
  /// The names of the workers, from above.
  public let rows: [String]
  /// What they do.
  public let bars: [Bar]

  /// Makes a chart.
  ///
  /// - Parameters:
  ///   - title: What is written above.
  ///   - x: What is written below the time, such as its unit.
  ///   - rows: The names of the workers, from above.
  ///   - bars: What they do, in any order.
  public init(_ title: String, x: String, rows: [String], _ bars: [Bar]) {
    self.title = title
    self.x = x
    self.rows = rows
    self.bars = bars
  }

  /// The picture, with round numbers below and a legend.
  public var svg: String { SVG.picture(title, [GanttDrawing(self)]) }

  /// A table with a row for each bar: worker, start and end with all their digits, label and text.
  public var csv: String {
    csvTable(
      [["worker", "start", "end", "label", "text"]]
        + bars.map { bar in
          [
            rows.indices.contains(bar.row) ? rows[bar.row] : "", "\(bar.start)", "\(bar.end)",
            bar.label, bar.text,
          ]
        })
  }

  /// Writes the picture or the table: whole, or not at all and an old file survives.
  ///
  /// - Parameter path: Ends in `.svg` or `.csv`, which says what to write.
  /// - Throws: `argument` for another ending; `file`, with the path and the system's reason.
  public func write(to path: String) throws {
    try writeChart(to: path, svg: svg, csv: csv)
  }
}
