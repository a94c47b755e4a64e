import Testing
import TidemillGraph

/// What is in a file is shown without steering the terminal, and not at any length.
@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("weight é 😀", "weight é 😀"), ("\u{1b}[2J", "\\u{1b}[2J"),
    ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
    ("\u{202e}x\u{2028}\u{85}", "\\u{202e}x\\u{2028}\\u{85}"), ("", ""),
  ])
  func charactersOfTerminalsAreNumbers(text: String, shown: String) {
    #expect(text.printable() == shown)
  }

  @Test func longTextsLoseTheirEnd() {
    #expect("abcd".printable(limit: 4) == "abcd")
    #expect("abcde".printable(limit: 4) == "abcd…")
    #expect("abc\n".printable(limit: 4) == "abc…")
    #expect("abcde".printable(limit: 0) == "…")
    // One character to people, and any number of scalars.
    let stacked = "e" + String(repeating: "\u{301}", count: 500)
    #expect(stacked.printable().unicodeScalars.count == 61)
  }
}
