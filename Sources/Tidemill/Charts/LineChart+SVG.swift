extension LineChart {
  /// Charts beside each other in one picture.
  ///
  /// - Parameter charts: From left to right.
  public static func svg(_ charts: [LineChart]) -> String {
    SVG.picture(
      charts.map(\.title).filter { !$0.isEmpty }.joined(separator: "; "),
      charts.map(LineChartDrawing.init))
  }
}
