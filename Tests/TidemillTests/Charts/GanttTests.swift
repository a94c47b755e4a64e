import Foundation
import Testing
import Tidemill

/// Who does what when, as a picture and as a table.
@Suite struct GanttTests {
  private func paths(_ gantt: Gantt) throws -> [(color: String, path: String)] {
    try SVGReader(gantt.svg).all("path").compactMap { path in
      guard let name = path.attributes["class"], name != "grid" else { return nil }
      return (name, path.attributes["d"] ?? "")
    }
  }

  @Test("A bar begins and ends where its times are on the axis, in the row of its worker")
  func places() throws {
    let gantt = Gantt(
      "", x: "", rows: ["", ""],
      [.init(row: 1, start: 2, end: 6), .init(row: 0, start: 0, end: 10)])
    // From 16 to 942 for times 0 to 10; rows are 24 high and begin at 34.
    #expect(
      try paths(gantt).map(\.path) == ["M16 36h925.5v20h-925.5z", "M201.2 60h369.9v20h-369.9z"])
  }

  @Test("Bars of one label have one colour, the longest the first, and many share grey")
  func colors() throws {
    let bars = (0..<12).map { index in
      Gantt.Bar(
        row: index, start: 0, end: Double(100 - index), label: "label \(index)")
    }
    let extra = [Gantt.Bar(row: 0, start: 200, end: 210, label: "label 11")]
    let gantt = Gantt("", x: "", rows: (0..<12).map { "\($0)" }, bars + extra)
    // Ten in the legend, and then row by row.
    let drawn = try paths(gantt).map(\.color).suffix(13)
    // The time of label 11 is that of label 1, whose name comes first.
    #expect(drawn.prefix(2) == ["s0", "s2"])
    #expect(Set(drawn).count == 10)
    let texts = try SVGReader(gantt.svg).all("text").map(\.text)
    #expect(texts.contains("label 0") && texts.contains("3 others"))
    #expect(!texts.contains("label 9"))
  }

  @Test("Names are written as they are, and texts only where a bar has room for them")
  func texts() throws {
    let gantt = Gantt(
      "a < b", x: "time & unit", rows: ["<w>", "w\u{0}"],
      [
        .init(row: 0, start: 0, end: 50, label: "\"matmul\"", text: "wide"),
        .init(row: 1, start: 0, end: 0.5, text: "narrow"),
        .init(row: 1, start: 1, end: 100, text: "長い"),
      ])
    let texts = try SVGReader(gantt.svg).all("text").map(\.text)
    for text in ["a < b", "time & unit", "<w>", "w\u{FFFD}", "\"matmul\"", "wide", "長い"] {
      #expect(texts.contains(text), "\(text)")
    }
    #expect(!texts.contains("narrow"))
  }

  @Test("What has no row, no length or no number is left out, and nothing at all is a picture too")
  func strange() throws {
    let bars = [
      Gantt.Bar(row: 2, start: 0, end: 1), .init(row: -1, start: 0, end: 1),
      .init(row: 0, start: 1, end: 1), .init(row: 0, start: 2, end: 1),
      .init(row: 0, start: .nan, end: 1), .init(row: 0, start: 0, end: .infinity),
      .init(row: 0, start: 0, end: 1e308),
    ]
    for gantt in [
      Gantt("", x: "", rows: ["a", "b"], bars), Gantt("", x: "", rows: [], []),
      Gantt("", x: "", rows: [], bars), Gantt("", x: "", rows: ["a"], []),
    ] {
      #expect(try paths(gantt).isEmpty)
      #expect(try SVGReader(gantt.svg).coordinates.allSatisfy { $0.isFinite && abs($0) < 1e4 })
    }
  }

  @Test(
    "A hundred thousand bars are no more paths than rows and colours, and no more pieces than pixels"
  )
  func many() throws {
    let bars = (0..<100_000).map { index in
      Gantt.Bar(
        row: index % 4, start: Double(index), end: Double(index) + 3.5,
        label: index % 8 < 4 ? "a" : "b", text: "\(index)")
    }
    let gantt = Gantt("", x: "", rows: ["0", "1", "2", "3"], bars)
    let drawn = try paths(gantt).dropFirst(2)
    #expect(drawn.count == 8)
    #expect(drawn.allSatisfy { $0.path.filter { $0 == "M" }.count < 5_000 })
    #expect(try SVGReader(gantt.svg).all("text").count < 30)
    let tall = Gantt(
      "", x: "", rows: (0..<10_000).map { "\($0)" },
      (0..<10_000).map { .init(row: $0, start: 0, end: 1) })
    let texts = try SVGReader(tall.svg).all("text").map(\.text)
    #expect(texts.contains("; 9744 more rows are not shown"))
    #expect(try paths(tall).count == 256)
  }

  @Test("A table has every bar, and the file's end says which is written")
  func table() throws {
    let gantt = Gantt(
      "", x: "", rows: ["w,0"],
      [.init(row: 0, start: 0.5, end: 2, label: "a", text: "t"), .init(row: 9, start: 1, end: 2)])
    #expect(gantt.csv == "worker,start,end,label,text\n\"w,0\",0.5,2.0,a,t\n,1.0,2.0,,\n")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemill-gantt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("g.csv").path
    try gantt.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == gantt.csv)
    #expect(throws: TidemillError.self) { try gantt.write(to: "g.png") }
  }
}
