import TidemillGraph

/// Reads PGM and PPM, the grey and colour pictures of Netpbm, as text (P2, P3) or bytes (P5, P6).
///
/// **Source**: the formats' descriptions, `pgm(5)` and `ppm(5)` of Netpbm.
package enum PNM {
  /// Whether bytes begin like a file of one of the four formats.
  package static func isPNM(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == UInt8(ascii: "P") && Format(rawValue: bytes[1]) != nil
  }

  private enum Format: UInt8 {
    case greyText = 0x32
    case colorText = 0x33
    case grey = 0x35
    case color = 0x36

    var channels: Int { self == .grey || self == .greyText ? 1 : 3 }
    var isText: Bool { self == .greyText || self == .colorText }
  }

  /// Takes the bytes of a file with one picture.
  ///
  /// - Parameters:
  ///   - bytes: All of them; nothing but spaces may follow the picture.
  ///   - name: What errors call the file.
  ///   - limit: The most pixels.
  /// - Throws: `file`, with the byte where something else was expected, a value above the largest one,
  ///   or sizes that do not fit the file.
  package static func decode(
    _ bytes: [UInt8], name: String, limit: Int = Picture.usualLimit
  ) throws -> PictureSamples {
    guard isPNM(bytes), let format = Format(rawValue: bytes[1]) else {
      throw PNMText.failure(name, "it does not begin with P2, P3, P5 or P6")
    }
    var text = PNMText(bytes, name: name, from: 2)
    let width = try text.number("a width", in: 1...Int(Int32.max))
    let height = try text.number("a height", in: 1...Int(Int32.max))
    let maximum = try text.number("a largest value", in: 1...65535)
    try checkPixels(width: width, height: height, limit: limit, name: name)
    let count = width * height * format.channels
    let values =
      format.isText
      ? try text.numbers(count, upTo: maximum) : try text.bytes(count, upTo: maximum)
    return PictureSamples(
      width: width, height: height, channels: format.channels,
      maximum: UInt16(truncatingIfNeeded: maximum), values: values)
  }
}

/// Takes the numbers of a file from its start on.
private struct PNMText {
  private let text: [UInt8]
  private let name: String
  private var place: Int

  init(_ text: [UInt8], name: String, from place: Int) {
    (self.text, self.name, self.place) = (text, name, place)
  }

  /// The next number, after at least one space; comments from `#` to the end of a line are spaces.
  mutating func number(_ what: String, in range: ClosedRange<Int>) throws -> Int {
    try skipSpaces(before: what)
    let start = place
    var number = 0
    while place < text.count, (0x30...0x39).contains(text[place]) {
      number = min(number * 10 + Int(text[place] - 0x30), Int(Int32.max) + 1)
      place += 1
    }
    guard place > start, range.contains(number) else {
      throw failure(
        "expected \(what) from \(range.lowerBound) to \(range.upperBound) at byte \(start)")
    }
    return number
  }

  /// Numbers as text.
  mutating func numbers(_ count: Int, upTo maximum: Int) throws -> [UInt16] {
    // Each is a space and a digit at least.
    try checkRoom(count * 2)
    var values: [UInt16] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      values.append(UInt16(truncatingIfNeeded: try number("a value", in: 0...maximum)))
    }
    try checkEnd()
    return values
  }

  /// Numbers as one byte each, or as two, the higher one first, where the largest value needs them.
  mutating func bytes(_ count: Int, upTo maximum: Int) throws -> [UInt16] {
    guard place < text.count, isSpace(text[place]) else {
      throw failure("expected one space before the pixels at byte \(place)")
    }
    place += 1
    let size = maximum > 255 ? 2 : 1
    try checkRoom(count * size)
    let start = place
    let values = (0..<count).map { index in
      size == 1
        ? UInt16(text[start + index])
        : UInt16(text[start + 2 * index]) << 8 | UInt16(text[start + 2 * index + 1])
    }
    if let index = values.firstIndex(where: { $0 > maximum }) {
      throw failure(
        "the value \(values[index]) at byte \(start + index * size) is above the largest one, "
          + "\(maximum)")
    }
    place += count * size
    try checkEnd()
    return values
  }

  private func checkRoom(_ needed: Int) throws {
    guard text.count - place >= needed else {
      throw failure(
        "is truncated: its pixels need \(needed) bytes, but \(text.count - place) are there")
    }
  }

  private func checkEnd() throws {
    guard let place = text[place...].firstIndex(where: { !isSpace($0) }) else { return }
    throw failure("there are bytes after the picture at byte \(place), and only one can be read")
  }

  private mutating func skipSpaces(before what: String) throws {
    let start = place
    while place < text.count {
      if text[place] == UInt8(ascii: "#") {
        while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
      } else if isSpace(text[place]) {
        place += 1
      } else {
        break
      }
    }
    guard place > start else { throw failure("expected a space before \(what) at byte \(start)") }
  }

  /// Space, tab, line feed, vertical tab, form feed, carriage return.
  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private func failure(_ reason: String) -> TidemillError { Self.failure(name, reason) }

  static func failure(_ name: String, _ reason: String) -> TidemillError {
    TidemillError(.file, "\(name): is no valid PGM or PPM file: \(reason).")
  }
}
