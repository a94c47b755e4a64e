import TidemillGraph

/// Numbers over numbers, as a picture and as a table.
///
/// ```swift
/// let chart = LineChart(
///   "Loss", x: "epoch", y: "cross entropy", yScale: .logarithmic,
///   [.init("SGD", [1.9, 0.7, 0.4]), .init("Adam", [1.2, 0.3, 0.2])])
/// try chart.write(to: "loss.svg")
/// try chart.write(to: "loss.csv")
/// ```
///
/// The picture follows the reader's choice of a light or a dark background.
public struct LineChart: Sendable {
  /// How an axis counts.
  public enum Scale: Sendable {
    /// Equal differences are equal lengths.
    case linear
    /// Equal ratios are equal lengths. Only positive numbers have a place; others are left out.
    case logarithmic
  }

  /// How a series is drawn.
  public enum Mark: Sendable {
    /// A line from point to point, broken where a point has no place.
    case line
    /// The same line with gaps, for what others are compared with.
    case dashes
    /// A dot for each point.
    case dots
  }

  /// Points that belong together.
  public struct Series: Sendable {
    /// What the legend calls it.
    public let name: String
    /// How it is drawn.
    public let mark: Mark
    /// Numbers along the two axes.
    public let points: [(x: Double, y: Double)]

    /// A series of points.
    ///
    /// - Parameters:
    ///   - name: What the legend calls it; an empty one is not in the legend.
    ///   - points: In the order in which they are joined. One that is not finite, or is beyond 10³⁰⁰, has no place.
    ///   - mark: How it is drawn.
    public init(_ name: String, points: [(x: Double, y: Double)], mark: Mark = .line) {
      self.name = name
      self.mark = mark
      self.points = points
    }

    /// A series of numbers over 1, 2, 3, ...
    public init(_ name: String, _ numbers: [Double], mark: Mark = .line) {
      self.init(
        name, points: numbers.enumerated().map { (Double($0 + 1), $1) }, mark: mark)
    }
  }

  /// What is written above.
  public let title: String
  /// What is written below the horizontal axis.
  public let x: String
  /// What is written beside the vertical axis.
  public let y: String
  /// How the horizontal axis counts.
  public let xScale: Scale
  /// How the vertical axis counts.
  public let yScale: Scale
  /// What is drawn; later ones over earlier ones.
  public let series: [Series]

  /// Makes a chart.
  ///
  /// - Parameters:
  ///   - title: What is written above.
  ///   - x: What is written below the horizontal axis.
  ///   - y: What is written beside the vertical axis.
  ///   - xScale: How the horizontal axis counts.
  ///   - yScale: How the vertical axis counts.
  ///   - series: What is drawn; later ones over earlier ones.
  public init(
    _ title: String, x: String, y: String, xScale: Scale = .linear, yScale: Scale = .linear,
    _ series: [Series]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.xScale = xScale
    self.yScale = yScale
    self.series = series
  }

  /// The picture, with round numbers at the axes and a legend.
  public var svg: String { Self.svg([self]) }

  /// A table with a row for each point: the series, and the two numbers with all their digits.
  public var csv: String {
    let rows = series.flatMap { series in
      series.points.map { [series.name, "\($0.x)", "\($0.y)"] }
    }
    return csvTable([["series", x, y]] + rows)
  }

  /// Writes the picture or the table: whole, or not at all and an old file survives.
  ///
  /// - Parameter path: Ends in `.svg` or `.csv`, which says what to write.
  /// - Throws: `argument` for another ending; `file`, with the path and the system's reason.
  public func write(to path: String) throws {
    try writeChart(to: path, svg: svg, csv: csv)
  }
}
