import TidemillGraph

/// The smallest piece of an expression that means something.
package struct ExpressionToken: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case number(Double)
    case name(String)
    /// One of `+ - * / ^ @ ( ) [ ] , =`.
    case sign(Character)
    case end
  }

  package let kind: Kind
  /// The characters it was read from.
  package let range: Range<Int>

  /// What errors call it.
  package func text(in source: ExpressionSource) -> String {
    kind == .end ? "the end" : "'\(source.text(range).printable())'"
  }
}

/// Cuts a text into tokens, one at a time.
package struct ExpressionTokens {
  package let source: ExpressionSource
  private var position = 0

  package init(_ source: ExpressionSource) { self.source = source }

  /// The next token; the end again and again where there is none.
  ///
  /// - Throws: `argument` with the position of a character that means nothing, or of a number that
  ///   is too large.
  package mutating func next() throws(TidemillError) -> ExpressionToken {
    while let character = peek(), character.isWhitespace { position += 1 }
    let start = position
    guard let character = peek() else {
      return ExpressionToken(kind: .end, range: start..<start)
    }
    if Self.isDigit(character) || character == "." && peek(1).map(Self.isDigit) == true {
      return ExpressionToken(kind: .number(try number()), range: start..<position)
    }
    position += 1
    if Self.startsName(character) {
      while let next = peek(), Self.continuesName(next) { position += 1 }
      return ExpressionToken(
        kind: .name(source.text(start..<position)), range: start..<position)
    }
    guard let sign = Self.signs[character] else {
      throw source.error(
        "'\(String(character).printable())' means nothing here.", at: start..<position)
    }
    return ExpressionToken(kind: .sign(sign), range: start..<position)
  }

  /// Digits, then perhaps a fraction, then perhaps an exponent.
  private mutating func number() throws(TidemillError) -> Double {
    let start = position
    skipDigits()
    if peek() == "." {
      position += 1
      skipDigits()
    }
    if peek() == "e" || peek() == "E" {
      let signed = peek(1) == "+" || peek(1) == "-"
      if peek(signed ? 2 : 1).map(Self.isDigit) == true {
        position += signed ? 2 : 1
        skipDigits()
      }
    }
    let range = start..<position
    guard let number = Double(source.text(range)), number.isFinite else {
      throw source.error("This number is too large for float64.", at: range)
    }
    return number
  }

  private mutating func skipDigits() {
    while let character = peek(), Self.isDigit(character) { position += 1 }
  }

  private func peek(_ offset: Int = 0) -> Character? {
    let index = position + offset
    return index < source.characters.count ? source.characters[index] : nil
  }

  /// Signs as keyboards have them, and as papers print them.
  private static let signs: [Character: Character] = [
    "+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "@": "@", "(": "(", ")": ")", "[": "[",
    "]": "]", ",": ",", "=": "=", "−": "-", "·": "*", "×": "*",
  ]

  private static func isDigit(_ character: Character) -> Bool {
    character.asciiValue.map { (48...57).contains($0) } ?? false
  }

  private static func startsName(_ character: Character) -> Bool {
    character.isLetter || character == "_"
  }

  private static func continuesName(_ character: Character) -> Bool {
    startsName(character) || character.isNumber
  }
}
