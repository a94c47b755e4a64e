import TidemillGraph

/// The numbers of comma-separated text, read record by record.
struct CSVTable {
  /// The number of columns, label included.
  let columns: Int
  /// The numbers of all columns but the label's, record by record.
  private(set) var features: [Float] = []
  /// The numbers of the label's column.
  private(set) var labels: [Int32] = []

  private let name: String
  private let header: [String]?
  private let label: Int
  private var reader: CSVReader
  private var fields: [String] = []

  /// Reads the header, where there is one, and counts the columns.
  ///
  /// - Throws: as ``CSVFile/load(_:label:hasHeader:classes:imageHeight:)``.
  init(_ bytes: [UInt8], name: String, label: CSVColumn, hasHeader: Bool) throws {
    self.name = name
    reader = CSVReader(bytes, name: name)
    var first: [String] = []
    var ahead = reader
    guard try ahead.next(into: &first) else { throw failure(name, "is empty") }
    columns = first.count
    if hasHeader {
      // A file without a header must not lose a sample.
      guard first.contains(where: { CSVTable.number($0) == nil }) else {
        throw failure(
          name, "line 1 has numbers only, and so is no header; say that there is none (hasHeader)")
      }
      reader = ahead
    }
    header = hasHeader ? first : nil
    self.label = try Self.position(of: label, in: header, columns: first.count, name: name)
    guard columns >= 2 else {
      throw failure(name, "has one column, and a label and at least one feature are needed")
    }
  }

  /// Reads all records.
  mutating func readAll() throws {
    var line = reader.line
    while try reader.next(into: &fields) {
      try take(line: line)
      line = reader.line
    }
    guard !labels.isEmpty else { throw failure(name, "has a header, but no records") }
  }

  private mutating func take(line: Int) throws {
    guard fields.count == columns else {
      let (where_, missing) =
        fields.count < columns
        ? (fields.count, "there is nothing for \(describe(fields.count))")
        : (columns, "there is one more field, '\(fields[columns].printable(limit: 40))'")
      throw failure(
        name,
        "line \(line) has \(fields.count) fields, and the first has \(columns): at column "
          + "\(where_ + 1) \(missing)")
    }
    for column in 0..<columns where column != label {
      guard let number = Self.number(fields[column]) else {
        throw mistake(line, column, "is no finite decimal number")
      }
      features.append(number)
    }
    guard let number = Int32(fields[label]), number >= 0, number < .max else {
      throw mistake(line, label, "is no class, which is a whole number from 0 to 2147483646")
    }
    labels.append(number)
  }

  private func mistake(_ line: Int, _ column: Int, _ reason: String) -> TidemillError {
    failure(
      name, "line \(line), \(describe(column)): '\(fields[column].printable(limit: 40))' \(reason)")
  }

  /// `column 3 (height)`
  private func describe(_ column: Int) -> String {
    "column \(column + 1)" + (header.map { " (\($0[column].printable(limit: 40)))" } ?? "")
  }

  /// A finite number in decimal notation: no spaces, no hexadecimal digits, no `inf`, no `nan`.
  static func number(_ text: String) -> Float? {
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isDecimal, let number = Float(text), number.isFinite else { return nil }
    return number
  }

  private static func position(
    of label: CSVColumn, in header: [String]?, columns: Int, name: String
  ) throws -> Int {
    switch label {
    case .index(let index):
      guard index >= 0 else {
        throw TidemillError(.argument, "Columns are counted from 0, but the label is \(index).")
      }
      guard index < columns else {
        throw failure(
          name, "has \(columns) columns, from 0 on, but the label is column \(index)")
      }
      return index
    case .name(let wanted):
      guard let header else {
        throw TidemillError(
          .argument,
          "The label is the column '\(wanted)', but without a header columns have no names; use its "
            + "position.")
      }
      let places = header.indices.filter { header[$0] == wanted }
      guard let place = places.first else {
        let names = header.joined(separator: ", ").printable(limit: 200)
        throw failure(name, "has no column '\(wanted)', but \(names)")
      }
      guard places.count == 1 else {
        throw failure(
          name, "has \(places.count) columns called '\(wanted)'; use the position of one")
      }
      return place
    }
  }
}

private func failure(_ name: String, _ reason: String) -> TidemillError {
  TidemillError(.data, "\(name): \(reason).")
}
