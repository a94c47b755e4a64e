import TidemillGraph

/// Reads one JSON text, from the first byte to the last.
struct JSONParser {
  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  private var depth = 0

  // A hostile text must not be able to use up the stack.
  private static let maximumDepth = 32

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func document() throws -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end of the text") }
    return value
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    switch peek() {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws -> JSONValue
  ) throws -> JSONValue {
    guard depth < Self.maximumDepth else {
      throw unexpected("no more than \(Self.maximumDepth) levels of nesting")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    if skip("}") { return .object([]) }
    repeat {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw unexpected("the name of a member") }
      let start = position
      let member = try string()
      guard names.insert(member).inserted else {
        throw failure("the name '\(member.printable())' is there twice in an object", at: start)
      }
      guard skip(":") else { throw unexpected("':'") }
      members.append(.init(name: member, value: try value()))
    } while skip(",")
    guard skip("}") else { throw unexpected("',' or '}'") }
    return .object(members)
  }

  private mutating func array() throws -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    if skip("]") { return .array([]) }
    repeat { values.append(try value()) } while skip(",")
    guard skip("]") else { throw unexpected("',' or ']'") }
    return .array(values)
  }

  private mutating func string() throws -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let result = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not UTF-8", at: start)
        }
        return result
      case UInt8(ascii: "\\"):
        position += 1
        text += try escape()
      case ..<0x20: throw unexpected("no control character in a string")
      default:
        position += 1
        text.append(byte)
      }
    }
    throw unexpected("'\"'")
  }

  private mutating func escape() throws -> [UInt8] {
    guard let byte = peek() else { throw unexpected("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code & 0xfc00 == 0xd800, bytes[position...].starts(with: [0x5c, 0x75]) {
        position += 2
        let low = try hexadecimal()
        guard low & 0xfc00 == 0xdc00 else { throw unexpected("the other half of a surrogate") }
        code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
      }
      guard let scalar = Unicode.Scalar(code) else { throw unexpected("a Unicode character") }
      return Array(String(scalar).utf8)
    default:
      position -= 1
      throw unexpected("an escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard bytes.count - position >= 4 else { throw unexpected("four hexadecimal digits") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
  private mutating func number() throws -> String {
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    let leadingZero = peek() == UInt8(ascii: "0")
    guard let integer = digits(), integer == 1 || !leadingZero else { throw unexpected("a value") }
    if peek() == UInt8(ascii: ".") {
      position += 1
      guard digits() != nil else { throw unexpected("a digit") }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      guard digits() != nil else { throw unexpected("a digit") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Passes digits and tells how many they were.
  private mutating func digits() -> Int? {
    let start = position
    while let byte = peek(), (0x30...0x39).contains(byte) { position += 1 }
    return position > start ? position - start : nil
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let text = "\(word)"
    guard bytes[position...].starts(with: text.utf8) else { throw unexpected("a value") }
    position += text.utf8.count
    return value
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), [0x20, 0x0a, 0x0d, 0x09].contains(byte) { position += 1 }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private func unexpected(_ expected: String) -> TidemillError {
    let found =
      switch peek() {
      case nil: "the end"
      case let byte? where (0x21..<0x7f).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
      case let byte?: "the byte \(byte)"
      }
    return TidemillError(
      .file, "\(name): is no JSON: expected \(expected) at byte \(position), but found \(found).")
  }

  private func failure(_ reason: String, at place: Int) -> TidemillError {
    TidemillError(.file, "\(name): cannot be read as JSON: \(reason), at byte \(place).")
  }
}
