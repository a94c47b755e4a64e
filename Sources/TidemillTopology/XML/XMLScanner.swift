/// The tags of an XML document, one after the other, with nothing else of XML: what a description
/// of a machine consists of.
struct XMLScanner {
  /// An opening tag with its attributes, or a closing one.
  struct Tag: Equatable {
    enum Form { case open, close, empty }
    let name: String
    let form: Form
    let attributes: [String: String]
    let line: Int
  }

  /// What is wrong with the text, and in which line.
  struct Malformed: Error, Equatable {
    let line: Int
    let problem: String
  }

  private let text: [UInt8]
  private var place = 0
  private var line = 1

  init(_ text: [UInt8]) { self.text = text }

  /// The next tag; `nil` at the end. Comments, text, instructions and the document type are passed
  /// over.
  mutating func next() throws -> Tag? {
    while skip(to: "<") {
      if starts("<!--") {
        guard skip(past: "-->") else { throw malformed("a comment without an end") }
      } else if starts("<?") {
        guard skip(past: "?>") else { throw malformed("an instruction without an end") }
      } else if starts("<!") {
        try skipDocumentType()
      } else {
        return try tag()
      }
    }
    return nil
  }

  private mutating func skipDocumentType() throws {
    while let byte = advance() {
      // Entities of its own: nothing that writes a machine uses them.
      if byte == UInt8(ascii: "[") { break }
      if byte == UInt8(ascii: ">") { return }
    }
    throw malformed("a document type that is not a plain one")
  }

  private mutating func tag() throws -> Tag {
    _ = advance()  // <
    let first = line
    let closes = starts("/")
    if closes { _ = advance() }
    let name = self.name()
    if name.isEmpty { throw malformed("a tag without a name") }
    var attributes: [String: String] = [:]
    while true {
      let spaced = skipSpace()
      if starts(">") {
        _ = advance()
        return Tag(name: name, form: closes ? .close : .open, attributes: attributes, line: first)
      }
      if !closes, starts("/>") {
        _ = advance()
        _ = advance()
        return Tag(name: name, form: .empty, attributes: attributes, line: first)
      }
      let key = self.name()
      guard spaced, !closes, !key.isEmpty else { throw malformed("a tag that is not closed") }
      guard attributes.updateValue(try value(), forKey: key) == nil else {
        throw malformed("'\(key)' twice in a tag")
      }
    }
  }

  private mutating func value() throws -> String {
    _ = skipSpace()
    guard advance() == UInt8(ascii: "=") else { throw malformed("an attribute without a value") }
    _ = skipSpace()
    guard let quote = advance(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw malformed("a value without quotes")
    }
    let start = place
    while let byte = advance(), byte != quote {
      if byte == UInt8(ascii: "<") { throw malformed("'<' in a value") }
      if place == text.count { throw malformed("a value without an end") }
    }
    return String(decoding: text[start..<max(start, place - 1)], as: UTF8.self)
  }

  private mutating func name() -> String {
    let start = place
    while place < text.count, Self.isNamePart(text[place]) { place += 1 }
    return String(decoding: text[start..<place], as: UTF8.self)
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  private func malformed(_ problem: String) -> Malformed { Malformed(line: line, problem: problem) }

  private func starts(_ word: StaticString) -> Bool {
    text[place...].starts(
      with: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private mutating func advance() -> UInt8? {
    guard place < text.count else { return nil }
    if text[place] == UInt8(ascii: "\n") { line += 1 }
    place += 1
    return text[place - 1]
  }

  private mutating func skip(to word: StaticString) -> Bool {
    while place < text.count {
      if starts(word) { return true }
      _ = advance()
    }
    return false
  }

  private mutating func skip(past word: StaticString) -> Bool {
    guard skip(to: word) else { return false }
    place += word.utf8CodeUnitCount
    return true
  }

  private mutating func skipSpace() -> Bool {
    let start = place
    while place < text.count, [9, 10, 13, 32].contains(text[place]) { _ = advance() }
    return place > start
  }
}
