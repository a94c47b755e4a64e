import TidemillGraph

/// Takes comma-separated text apart, record by record, and takes nothing that RFC 4180 does not.
///
/// Records end with CR LF or LF, the last one's end may be missing; fields are plain, or in double
/// quotes and then hold anything, a quote as two. Two things are beyond the RFC: a lone LF as an
/// end, and the byte order mark that spreadsheets write, which is skipped.
///
/// **Source**: Y. Shafranovich, RFC 4180, 2005.
package struct CSVReader {
  /// The line on which the next record begins, from 1.
  package private(set) var line = 1
  private let name: String
  private let text: ArraySlice<UInt8>
  private var place: Int

  /// - Parameter name: What errors call the text: its file.
  package init(_ bytes: [UInt8], name: String) {
    self.name = name
    text = bytes[(bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)...]
    place = text.startIndex
  }

  /// The fields of the next record; `nil` at the end.
  ///
  /// - Parameter fields: Filled with them, in memory that is used again.
  /// - Returns: Whether there was a record.
  /// - Throws: `data`, with the line and the column, for a quote that is not closed, or that is in a
  ///   plain field, or followed by text; and for a carriage return without a line feed.
  package mutating func next(into fields: inout [String]) throws -> Bool {
    fields.removeAll(keepingCapacity: true)
    guard place < text.endIndex else { return false }
    let start = line
    repeat {
      let isQuoted = place < text.endIndex && text[place] == .quote
      fields.append(
        isQuoted
          ? try quoted(start, column: fields.count + 1)
          : try plain(start, column: fields.count + 1))
    } while skip(.comma)
    guard place == text.endIndex || skip(.lineFeed) || skipLineEnd() else {
      throw mistake(
        start, column: fields.count,
        text[place] == .carriageReturn
          ? "a carriage return is not followed by a line feed"
          : "there is text after the closing quote")
    }
    line += 1
    return true
  }

  private mutating func plain(_ line: Int, column: Int) throws -> String {
    let start = place
    while place < text.endIndex {
      let byte = text[place]
      if byte == .comma || byte == .lineFeed || byte == .carriageReturn { break }
      guard byte != .quote else {
        throw mistake(line, column: column, "there is a quote inside of a field without quotes")
      }
      place += 1
    }
    return String(decoding: text[start..<place], as: UTF8.self)
  }

  private mutating func quoted(_ start: Int, column: Int) throws -> String {
    var content: [UInt8] = []
    place += 1
    while place < text.endIndex {
      let byte = text[place]
      place += 1
      if byte == .quote && !skip(.quote) { return String(decoding: content, as: UTF8.self) }
      if byte == .lineFeed { line += 1 }
      content.append(byte)
    }
    throw mistake(start, column: column, "the quote is never closed")
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard place < text.endIndex, text[place] == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipLineEnd() -> Bool {
    guard text[place...].starts(with: [.carriageReturn, .lineFeed]) else { return false }
    place += 2
    return true
  }

  private func mistake(_ line: Int, column: Int, _ reason: String) -> TidemillError {
    TidemillError(.data, "\(name): line \(line), column \(column): \(reason).")
  }
}

extension UInt8 {
  fileprivate static let comma = UInt8(ascii: ",")
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
