import ArgumentParser
import Tidemill

/// How measurements are written.
enum BenchFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
  case csv
  case md
}

/// `--format` of measurements.
struct BenchFormatOption: ParsableArguments {
  @Option(help: "How results are written: text, json, csv or md, a table in Markdown.")
  var format = BenchFormat.text
}

/// One line of measurements.
protocol BenchResult: Encodable {
  /// Columns for people, with the cells of this line.
  var cells: [BenchCell] { get }
  /// Columns for programs, in JSON and CSV, with all digits.
  var fields: [(name: String, value: BenchValue)] { get }
}

extension BenchResult {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: BenchField.self)
    for (name, value) in fields {
      let key = BenchField(stringValue: name)
      switch value {
      case .text(let text): try container.encode(text, forKey: key)
      case .integer(let integer): try container.encode(integer, forKey: key)
      case .number(let number): try container.encode(number, forKey: key)
      }
    }
  }
}

private struct BenchField: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// What a measurement says under one name.
enum BenchValue {
  case text(String)
  case integer(Int)
  case number(Double)

  /// For CSV; the texts here have neither commas nor quotes.
  var csv: String {
    switch self {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    }
  }
}

/// A cell of a table for people, and the column it is in.
struct BenchCell {
  let column: String
  let alignment: TextTable.Alignment
  let text: String

  /// A number.
  static func number(_ column: String, _ text: String) -> BenchCell {
    BenchCell(column: column, alignment: .right, text: text)
  }

  /// A word.
  static func word(_ column: String, _ text: String) -> BenchCell {
    BenchCell(column: column, alignment: .left, text: text)
  }
}

/// Writes measurements in any format.
enum BenchOutput {
  /// - Parameter notes: Lines for people, below the table.
  static func write(
    _ results: [some BenchResult], _ format: BenchFormat, notes: [String]
  ) throws {
    switch format {
    case .json: try Output.line(JSONText.encode(results, pretty: true))
    case .csv: for line in csv(results) { try Output.line(line) }
    case .md:
      for line in markdown(results) + ["", notes.joined(separator: " ")] { try Output.line(line) }
    case .text: for line in text(results) + [""] + notes { try Output.line(line) }
    }
  }

  private static func csv(_ results: [some BenchResult]) -> [String] {
    guard let first = results.first else { return [] }
    return [first.fields.map(\.name).joined(separator: ",")]
      + results.map { $0.fields.map(\.value.csv).joined(separator: ",") }
  }

  private static func markdown(_ results: [some BenchResult]) -> [String] {
    guard let first = results.first?.cells else { return [] }
    func row(_ texts: [String]) -> String { "| " + texts.joined(separator: " | ") + " |" }
    return [
      row(first.map(\.column)),
      "|" + first.map { $0.alignment == .left ? "---|" : "---:|" }.joined(),
    ] + results.map { row($0.cells.map(\.text)) }
  }

  private static func text(_ results: [some BenchResult]) -> [String] {
    guard let first = results.first?.cells else { return [] }
    var table = TextTable(first.map { ($0.column, $0.alignment) })
    for result in results { table.append(result.cells.map(\.text)) }
    return table.lines
  }
}
