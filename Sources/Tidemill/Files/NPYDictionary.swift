import TidemillGraph

/// The dictionary in the header of an NPY file, a literal of Python.
///
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: these three members, each once, in
/// any order; strings in single or double quotes without escapes; spaces between anything.
struct NPYDictionary {
  let descr: String
  let isFortranOrder: Bool
  /// Of the axes; no more is known of them.
  let extents: [Int]

  /// What is wrong with a header, to be put into a sentence.
  struct Mistake: Error {
    let reason: String
  }

  /// Reads all of a text.
  init(_ text: ArraySlice<UInt8>) throws(Mistake) {
    var parser = Parser(text)
    var (descr, order, extents): (String?, Bool?, [Int]?) = (nil, nil, nil)
    try parser.take("{")
    while !parser.skip("}") {
      let key = try parser.string("the name of a member")
      try parser.take(":")
      switch key {
      case "descr" where descr == nil: descr = try parser.elementType()
      case "fortran_order" where order == nil: order = try parser.boolean()
      case "shape" where extents == nil: extents = try parser.tuple()
      case "descr", "fortran_order", "shape":
        throw Mistake(reason: "its header has '\(key)' twice")
      default:
        throw parser.mistake("descr, fortran_order or shape, each once, as the name of a member")
      }
      if !parser.skip(",") {
        try parser.take("}")
        break
      }
    }
    try parser.end()
    guard let descr, let order, let extents else {
      let missing = descr == nil ? "descr" : order == nil ? "fortran_order" : "shape"
      throw Mistake(reason: "its header has no '\(missing)'")
    }
    (self.descr, isFortranOrder, self.extents) = (descr, order, extents)
  }
}

/// Takes a literal apart from its start.
private struct Parser {
  private let text: ArraySlice<UInt8>
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { (self.text, rest) = (text, text) }

  mutating func take(_ character: Unicode.Scalar) throws(NPYDictionary.Mistake) {
    guard skip(character) else { throw mistake("'\(character)'") }
  }

  /// Takes a character that is there.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// A string: it has no escapes, and printable ASCII only.
  mutating func string(_ what: String) throws(NPYDictionary.Mistake) -> String {
    skipSpaces()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw mistake("\(what) in quotes")
    }
    let content = rest.dropFirst().prefix { $0 != quote }
    guard content.endIndex < rest.endIndex,
      content.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") })
    else { throw mistake("\(what) in quotes, without escapes") }
    rest = rest[(content.endIndex + 1)...]
    return String(decoding: content, as: UTF8.self)
  }

  /// The name of an element type; a list is one of several fields.
  mutating func elementType() throws(NPYDictionary.Mistake) -> String {
    skipSpaces()
    if rest.first == UInt8(ascii: "[") {
      throw NPYDictionary.Mistake(
        reason: "its elements are records of several fields; save each field as an array of its own"
      )
    }
    return try string("an element type")
  }

  mutating func boolean() throws(NPYDictionary.Mistake) -> Bool {
    skipSpaces()
    let word = rest.prefix { isLetter($0) }
    guard word.elementsEqual("True".utf8) || word.elementsEqual("False".utf8) else {
      throw mistake("True or False")
    }
    rest = rest[word.endIndex...]
    return word.count == 4
  }

  /// A tuple of whole numbers: `()`, `(3,)`, `(3, 4)`.
  mutating func tuple() throws(NPYDictionary.Mistake) -> [Int] {
    try take("(")
    var numbers: [Int] = []
    while !skip(")") {
      numbers.append(try number())
      if skip(",") { continue }
      // Without its comma, (3) is a number in parentheses.
      guard numbers.count > 1 else { throw mistake("','") }
      try take(")")
      break
    }
    return numbers
  }

  private mutating func number() throws(NPYDictionary.Mistake) -> Int {
    skipSpaces()
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw mistake(digits.isEmpty ? "an extent" : "an extent below 2^63")
    }
    guard digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      throw mistake("an extent without zeros before it")
    }
    rest = rest[digits.endIndex...]
    return number
  }

  mutating func end() throws(NPYDictionary.Mistake) {
    skipSpaces()
    guard rest.isEmpty else { throw mistake("nothing after the dictionary") }
  }

  func mistake(_ expected: String) -> NPYDictionary.Mistake {
    let place = rest.startIndex - text.startIndex
    return NPYDictionary.Mistake(
      reason: "its header is no dictionary that can be read: expected \(expected) at byte \(place)")
  }

  private mutating func skipSpaces() {
    rest = rest.drop { [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t")].contains($0) }
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
