import TidemillGraph

/// What a file's name says about how a chart is written to it.
package enum ChartFormat: String, CaseIterable {
  case svg
  case csv

  /// The format by the end of a name, in small letters or large ones.
  ///
  /// - Throws: `argument` for another ending.
  package init(path: String) throws {
    let ending = path.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
    guard path.contains("."), let format = Self(rawValue: ending.lowercased()) else {
      throw TidemillError(
        .argument,
        "\(path): a chart is written as a picture to a file that ends in .svg, or as a table to one "
          + "that ends in .csv.")
    }
    self = format
  }
}

/// Writes the one or the other, as the path's end says; whole or not at all.
func writeChart(
  to path: String, svg: @autoclosure () -> String, csv: @autoclosure () -> String
) throws {
  let text =
    switch try ChartFormat(path: path) {
    case .svg: svg()
    case .csv: csv()
    }
  try AtomicFile.write(Array(text.utf8), to: path)
}

/// Rows of fields, in quotes where a field needs them.
///
/// **Source**: Shafranovich: Common format and MIME type for comma-separated values (CSV) files, RFC 4180, 2005.
func csvTable(_ rows: [[String]]) -> String {
  rows.map { row in
    row.map { field in
      field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        ? "\""
          + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
          + "\"" : field
    }.joined(separator: ",") + "\n"
  }.joined()
}
