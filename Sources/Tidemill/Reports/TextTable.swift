/// Columns that line up.
package struct TextTable {
  /// Where the texts of a column begin or end.
  package enum Alignment: Sendable {
    case left
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// A table with names of columns.
  package init(_ columns: [(name: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.name)]
  }

  /// Adds a row below; as many texts as there are columns.
  package mutating func append(_ row: [String]) { rows.append(row) }

  /// The lines, the names of the columns first, with two spaces between columns.
  package var lines: [String] {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, zip(widths, alignments)).map { text, format in
        let padding = String(repeating: " ", count: max(0, format.0 - text.count))
        return format.1 == .left ? text + padding : padding + text
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
