import TidemillGraph

/// A text that people type, by the positions of its characters.
package struct ExpressionSource: Sendable {
  package let characters: [Character]

  /// More than anybody types, and little enough to be read, compiled and shown at once.
  package static let maximumLength = 4096

  /// Takes a text.
  ///
  /// - Parameter what: What errors call it, such as `The expression`.
  /// - Throws: `argument` where it is longer than ``maximumLength``.
  package init(_ text: String, what: String) throws(TidemillError) {
    // Bytes bound the characters, and are counted without looking at them.
    guard text.utf8.count <= Self.maximumLength else {
      throw TidemillError(
        .argument,
        "\(what) has \(text.utf8.count) bytes; at most \(Self.maximumLength) are possible.")
    }
    characters = Array(text)
  }

  /// The characters at positions.
  package func text(_ range: Range<Int>) -> String {
    String(characters[range.clamped(to: characters.indices)])
  }

  /// An error with a line that marks where it is.
  ///
  /// ```
  /// There is no function 'mx'; did you mean 'max'?
  ///   mx(1 - x, 0)
  ///   ^^
  /// ```
  package func error(_ message: String, at range: Range<Int>) -> TidemillError {
    TidemillError(.argument, ([message] + marked(range)).joined(separator: "\n"))
  }

  /// What is around a range, and below it carets. Long texts are shortened at both sides.
  private func marked(_ range: Range<Int>) -> [String] {
    let around = 36
    // The place behind the last character can be marked too.
    let start = min(range.lowerBound, characters.count)
    let end = min(max(range.upperBound, start + 1), start + around)
    let shown = max(0, start - around)..<min(characters.count, max(end, start) + around)
    let dots = (before: shown.lowerBound > 0, after: shown.upperBound < characters.count)
    let text = characters[shown].map { Self.isShown($0) ? $0 : " " }
    let indentation = start - shown.lowerBound + (dots.before ? 1 : 0)
    return [
      "  " + (dots.before ? "…" : "") + String(text) + (dots.after ? "…" : ""),
      "  " + String(repeating: " ", count: indentation)
        + String(repeating: "^", count: end - start),
    ]
  }

  /// Codes of terminals and ends of lines would put the carets elsewhere.
  private static func isShown(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
      default: true
      }
    }
  }
}
