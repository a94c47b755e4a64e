extension LineChartDrawing {
  /// The part of a chart between its axes.
  struct Plot {
    let left, top, width, height: Double
    let horizontal, vertical: ChartAxis

    private func x(_ place: Double) -> Double { left + place * width }
    private func y(_ place: Double) -> Double { top + (1 - place) * height }

    /// A line at every number that is written, and the axes.
    var grid: [String] {
      let (right, bottom) = (SVG.pixels(left + width), SVG.pixels(top + height))
      let columns = horizontal.ticks.map {
        "M\(SVG.pixels(x($0.place))) \(SVG.pixels(top))V\(bottom)"
      }
      let rows = vertical.ticks.map { "M\(SVG.pixels(left)) \(SVG.pixels(y($0.place)))H\(right)" }
      return [
        "<path class=\"grid\" fill=\"none\" stroke=\"\(ChartColors.grid.light)\" "
          + "d=\"\((columns + rows).joined())\"/>"
      ]
    }

    /// The numbers at the axes.
    var tickTexts: [String] {
      horizontal.ticks.map {
        SVG.text($0.text, x: x($0.place), y: top + height + 18, size: 11, anchor: "middle")
      }
        + vertical.ticks.map {
          SVG.text($0.text, x: left - 7, y: y($0.place) + 4, size: 11, anchor: "end")
        }
    }

    /// A series.
    func path(_ series: LineChart.Series, at index: Int) -> String {
      let places = series.points.map { point -> (x: Double, y: Double)? in
        guard let across = horizontal.place(point.x), let up = vertical.place(point.y) else {
          return nil
        }
        return (x(across), y(up))
      }
      let path = series.mark == .dots ? dots(places) : line(thinned(places))
      return LineChartDrawing.element(path, series.mark, at: index)
    }

    private func dots(_ places: [(x: Double, y: Double)?]) -> String {
      places.compactMap(\.self).map { "M\(SVG.pixels($0.x)) \(SVG.pixels($0.y))h0" }.joined()
    }

    /// A point alone between gaps is a line of no length, which round ends make a dot.
    private func line(_ places: [(x: Double, y: Double)?]) -> String {
      var path = ""
      var isDrawing = false
      for (index, place) in places.enumerated() {
        guard let place else {
          isDrawing = false
          continue
        }
        path += "\(isDrawing ? "L" : "M")\(SVG.pixels(place.x)) \(SVG.pixels(place.y))"
        let isAlone = !isDrawing && (index + 1 == places.count || places[index + 1] == nil)
        if isAlone { path += "h0" }
        isDrawing = true
      }
      return path
    }

    /// Of a long run of points the first, the lowest, the highest and the last: as much as pixels can show.
    private func thinned(_ places: [(x: Double, y: Double)?]) -> [(x: Double, y: Double)?] {
      let run = places.count / Int(width) + 1
      guard run > 4 else { return places }
      return stride(from: 0, to: places.count, by: run).flatMap { start in
        let part = Array(places[start..<min(start + run, places.count)])
        let heights = part.enumerated().compactMap { index, place in
          place.map { (index: index, y: $0.y) }
        }
        guard heights.count == part.count, let low = heights.max(by: { $0.y < $1.y }),
          let high = heights.min(by: { $0.y < $1.y })
        else { return part }
        return Set([0, low.index, high.index, part.count - 1]).sorted().map { part[$0] }
      }
    }
  }
}
