import Foundation
import Testing
import Tidemill

/// Charts as pictures and as tables.
@Suite struct LineChartTests {
  private func chart(_ series: [LineChart.Series], yScale: LineChart.Scale = .linear) -> LineChart {
    LineChart("Loss & <gain>", x: "epoch \"n\"", y: "loss < 1", yScale: yScale, series)
  }

  @Test("A picture is XML with all names, whatever is in them")
  func names() throws {
    let name = "a<b> & \"c\" 'd'"
    let chart = chart([
      .init(name, [1, 2]), .init("bell\u{7}\u{0}", [3, 1]), .init("長い名前", [0, 1]),
    ])
    let texts = try SVGReader(chart.svg).all("text").map(\.text)
    for text in [name, "bell\u{FFFD}\u{FFFD}", "長い名前", "Loss & <gain>", "epoch \"n\"", "loss < 1"] {
      #expect(texts.contains(text), "\(text)")
    }
  }

  @Test("A series is one path, with a line or a dot for each of its points")
  func paths() throws {
    let svg = chart([
      .init("line", [1, 2, 4]), .init("dashes", [2, 2, 2, 3], mark: .dashes),
      .init("dots", points: [(1, 1), (2.5, 2), (4, 1.5)], mark: .dots),
    ]).svg
    let paths = try SVGReader(svg).all("path").compactMap { path in
      path.attributes["class"] == "grid" ? nil : path.attributes["d"]
    }
    // The first three are those of the legend.
    try #require(paths.count == 6)
    #expect(paths[3].filter("ML".contains).map { "\($0)" }.joined() == "MLL")
    #expect(paths[4].filter("ML".contains).map { "\($0)" }.joined() == "MLLL")
    #expect(paths[5].filter("Mh".contains).map { "\($0)" }.joined() == "MhMhMh")
    let styles = try SVGReader(svg).all("path").suffix(3).map(\.attributes)
    #expect(styles.map { $0["stroke-dasharray"] } == [nil, "6 4", nil])
    #expect(styles.map { $0["stroke-width"] } == ["1.8", "1.8", "4"])
    // One axis from 1 to 4, with room for three units in 378 pixels.
    #expect(paths[3].hasPrefix("M64 ") && paths[3].contains("L190 ") && paths[3].contains("L316 "))
  }

  @Test("Larger numbers are further right and further up, beside their numbers at the axes")
  func directions() throws {
    let chart = LineChart(
      "", x: "", y: "", xScale: .logarithmic, [.init("", points: [(1, 1), (10, 2), (100, 3)])])
    let reader = try SVGReader(chart.svg)
    #expect(reader.all("path").last?.attributes["d"] == "M64 264L253 149L442 34")
    let places = reader.all("text").map {
      [$0.text, $0.attributes["x"] ?? "", $0.attributes["y"] ?? ""]
    }
    #expect(places.contains(["10", "253", "282"]) && places.contains(["1.5", "57", "210.5"]))
  }

  @Test("A line is broken where a number has no place, and a point between gaps is seen")
  func gaps() throws {
    let gaps = chart([.init("a", [1, .nan, 2, .infinity, 3, 4, -1])], yScale: .logarithmic)
    let path = try #require(SVGReader(gaps.svg).all("path").last?.attributes["d"])
    #expect(path.filter("MLh".contains).map { "\($0)" }.joined() == "MhMhML")
  }

  @Test(
    "No coordinate is out of the picture or no number",
    arguments: [
      [], [[]], [[], []], [[1]], [[.nan]], [[.nan, .infinity, -.infinity]], [[0, 0, 0]],
      [[1e308, -1e308]], [[.leastNonzeroMagnitude, 0]], [[1e300, 1e-300], [1, 1 + 1e-16]],
    ] as [[[Double]]])
  func coordinates(numbers: [[Double]]) throws {
    for scale in [LineChart.Scale.linear, .logarithmic] {
      for mark in [LineChart.Mark.line, .dashes, .dots] {
        let series = numbers.enumerated().map { LineChart.Series("s\($0)", $1, mark: mark) }
        let reader = try SVGReader(chart(series, yScale: scale).svg)
        let coordinates = reader.coordinates
        #expect(coordinates.count > 20)
        #expect(coordinates.allSatisfy { (-90...460).contains($0) }, "\(numbers) \(coordinates)")
      }
    }
  }

  @Test("A long line keeps its lowest and highest points, in a small picture")
  func thinned() throws {
    var numbers = (0..<100_000).map { sin(Double($0) / 5000) }
    numbers[31_234] = 9
    numbers[77_777] = -9
    let svg = chart([.init("", numbers)]).svg
    #expect(svg.utf8.count < 40_000)
    let path = try #require(SVGReader(svg).all("path").last?.attributes["d"])
    let heights = path.split(whereSeparator: "ML".contains).compactMap {
      $0.split(separator: " ").last
    }
    .compactMap { Double($0) }
    // -10 ... 10 in 230 pixels from 34 on.
    #expect(heights.min() == 45.5 && heights.max() == 252.5)
  }

  @Test("Many series share colours; the legend does not grow without end")
  func manySeries() throws {
    let reader = try SVGReader(chart((0..<200).map { .init("series \($0)", [Double($0)]) }).svg)
    let paths = reader.all("path").filter { $0.attributes["class"] != "grid" }
    #expect(paths.count == 224)
    #expect(reader.all("text").contains { $0.text == "and more" })
    #expect(paths.allSatisfy { $0.attributes["stroke"] == "currentColor" })
  }

  @Test("Names that do not fit beside each other are in rows of their own, and the plot below them")
  func legendRows() throws {
    func legend(_ name: String) throws -> (places: [[String?]], height: Double) {
      let reader = try SVGReader(chart((1...3).map { .init("\(name) \($0)", [1]) }).svg)
      let texts = reader.all("text").filter { $0.text.hasPrefix(name) }
      let height = try #require(reader.elements[0].attributes["height"].flatMap { Double($0) })
      return (texts.map { [$0.attributes["x"], $0.attributes["y"]] }, height)
    }
    let (short, long) = try (legend("a"), legend(String(repeating: "wide", count: 8)))
    #expect(
      Set(short.places.map { $0[1] }).count == 1 && Set(short.places.map { $0[0] }).count == 3)
    #expect(Set(long.places.map { $0[1] }).count == 3 && Set(long.places.map { $0[0] }).count == 1)
    #expect(long.height == short.height + 36)
  }

  @Test("A dark background has the dark colours")
  func dark() {
    let svg = chart([]).svg
    #expect(svg.contains(".paper { fill: \(ChartColors.paper.dark) }"))
    for (index, color) in ChartColors.series.enumerated() {
      #expect(svg.contains(".s\(index) { color: \(color.dark) }"))
    }
  }

  @Test("Texts and lines can be told from the background, light and dark")
  func contrast() {
    func luminance(_ color: String) -> Double {
      let parts = stride(from: 1, to: 7, by: 2).map { start -> Double in
        let digits = color.dropFirst(start).prefix(2)
        let part = Double(Int(digits, radix: 16) ?? 0) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    // W3C, Web Content Accessibility Guidelines 2.1: 4.5 for text, 3 for what else must be seen.
    func contrast(_ one: String, _ other: String) -> Double {
      let bright = [luminance(one), luminance(other)].sorted()
      return (bright[1] + 0.05) / (bright[0] + 0.05)
    }
    let paper = ChartColors.paper
    for (color, least) in [(ChartColors.ink, 7)] + ChartColors.series.map({ ($0, 4) }) {
      #expect(contrast(color.light, paper.light) >= Double(least), "\(color.light)")
      #expect(contrast(color.dark, paper.dark) >= Double(least), "\(color.dark)")
    }
  }

  @Test("Charts stand beside each other")
  func row() throws {
    let named = chart([.init("a", [1, 2])])
    let reader = try SVGReader(LineChart.svg([named, chart([])]))
    let height = try SVGReader(named.svg).elements[0].attributes["height"]
    #expect(reader.elements[0].attributes["height"] == height, "of the higher one")
    #expect(reader.elements[0].attributes["width"] == "920")
    #expect(reader.all("g").compactMap { $0.attributes["transform"] }.contains("translate(460 0)"))
  }

  @Test("A table has all digits, and quotes where names need them")
  func csv() throws {
    let chart = chart([
      .init("a, \"b\"", points: [(1, 0.1), (2, .nan)]), .init("c\nd", [1e-300, -.infinity]),
    ])
    #expect(
      chart.csv == """
        series,"epoch ""n""\",loss < 1
        "a, ""b""\",1.0,0.1
        "a, ""b""\",2.0,nan
        "c
        d",1.0,1e-300
        "c
        d",2.0,-inf

        """)
  }

  @Test("A file's end says what is written; another one is an error that names both")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/tidemill-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let chart = chart([.init("a", [1, 2])])
    for (name, text) in [("a.svg", chart.svg), ("b.CSV", chart.csv)] {
      try chart.write(to: "\(folder)/\(name)")
      #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) == text)
    }
    for name in ["a.png", "svg", "a.svg.gz", ""] {
      let error = #expect(throws: TidemillError.self) { try chart.write(to: name) }
      #expect(error?.code == .argument)
      #expect(error?.message.contains(".svg, or as a table to one that ends in .csv") == true)
    }
  }
}
