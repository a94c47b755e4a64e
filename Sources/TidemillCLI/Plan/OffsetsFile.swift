import Tidemill
import TidemillPlanning

/// A CSV file of buffers: the columns `id,lower,upper,size` in any order, and at will `alignment` and
/// `fixed`, an offset that a buffer has to have; an empty field in these two is none.
struct OffsetsFile {
  /// The column names, in the file's order.
  private(set) var header: [String] = []
  /// The fields of each buffer.
  private(set) var rows: [[String]] = []
  private(set) var buffers: [OffsetBuffer] = []

  private static let needed = ["id", "lower", "upper", "size"]
  private static let known = needed + ["alignment", "fixed"]
  private static let mostBytes = 1 << 26
  /// Greedy placements of so many still take seconds only.
  private static let mostBuffers = 100_000

  /// Reads a file, plain or gzip.
  ///
  /// - Throws: `file` or `data`, with the line and the column that are wrong.
  init(path: String) throws {
    var reader = CSVReader(try FileReader.contents(of: path, limit: Self.mostBytes), name: path)
    guard try reader.next(into: &header) else {
      throw TidemillError(
        .data, "\(path): is empty; the first line is '\(Self.needed.joined(separator: ","))'.")
    }
    try checkHeader(path)
    var seen: [String: Int] = [:]
    var fields: [String] = []
    var line = reader.line
    while try reader.next(into: &fields) {
      guard fields.count == header.count else {
        throw TidemillError(
          .data,
          "\(path): line \(line) has \(fields.count) fields, and the first has \(header.count).")
      }
      guard buffers.count < Self.mostBuffers else {
        throw TidemillError(.data, "\(path): has more than \(Self.mostBuffers) buffers.")
      }
      let row = Row(header: header, fields: fields, place: "\(path): line \(line)")
      let id = row["id"] ?? ""
      if let other = seen.updateValue(line, forKey: id) {
        throw TidemillError(
          .data, "\(path): line \(line) has the id '\(id.printable(limit: 40))' of line \(other).")
      }
      buffers.append(try row.buffer())
      rows.append(fields)
      line = reader.line
    }
  }

  private func checkHeader(_ path: String) throws {
    for name in Self.needed where !header.contains(name) {
      throw TidemillError(
        .data,
        "\(path): has no column '\(name)'; the first line names the columns, which are "
          + "\(Self.needed.joined(separator: ", ")), and at will alignment and fixed.")
    }
    for (place, name) in header.enumerated() {
      guard Self.known.contains(name) else {
        throw TidemillError(
          .data,
          "\(path): column \(place + 1), '\(name.printable(limit: 40))', means nothing here; columns "
            + "are \(Self.known.joined(separator: ", ")).")
      }
      if header[..<place].contains(name) {
        throw TidemillError(.data, "\(path): has two columns called '\(name)'.")
      }
    }
  }

  /// The rows with one more column.
  func text(adding offsets: [Int]) -> String {
    var lines = [(header + ["offset"]).joined(separator: ",")]
    for (row, offset) in zip(rows, offsets) {
      lines.append((row.map(Self.quoted) + ["\(offset)"]).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}

/// The fields of one line.
private struct Row {
  let header: [String]
  let fields: [String]
  let place: String

  subscript(name: String) -> String? { header.firstIndex(of: name).map { fields[$0] } }

  func buffer() throws -> OffsetBuffer {
    let buffer = OffsetBuffer(
      lower: try number("lower"), upper: try number("upper"), size: try number("size", least: 0),
      alignment: try optional("alignment", least: 1) ?? 1, fixed: try optional("fixed", least: 0))
    guard buffer.lower < buffer.upper else {
      throw TidemillError(
        .data,
        "\(place): a buffer lives from lower to upper, without the latter, but upper is "
          + "\(buffer.upper) and lower \(buffer.lower).")
    }
    return buffer
  }

  private func optional(_ name: String, least: Int) throws -> Int? {
    guard let text = self[name], !text.isEmpty else { return nil }
    return try number(name, least: least)
  }

  private func number(_ name: String, least: Int = .min) throws -> Int {
    let text = self[name] ?? ""
    guard let number = Int(text), number >= least else {
      let kind = least == .min ? "a whole number" : "a whole number from \(least) on"
      throw TidemillError(
        .data,
        "\(place), '\(name)': '\(text.printable(limit: 40))' is not \(kind) of 64 bits.")
    }
    return number
  }
}
