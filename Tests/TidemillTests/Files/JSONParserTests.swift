import Foundation
import Testing
import Tidemill

/// The strict JSON reader: what is JSON is read, what is not is refused at its place.
@Suite struct JSONParserTests {
  func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), name: "j")
  }

  @Test func readsEveryKindOfValueInOrder() throws {
    let text = #" {"b": [1, -2.5e+3, true, false, null], "a": {"": "\"\\\/\b\f\n\r\t"} } "#
    #expect(
      try parse(text)
        == .object([
          .init(
            name: "b",
            value: .array([
              .number("1"), .number("-2.5e+3"), .boolean(true), .boolean(false), .null,
            ])),
          .init(
            name: "a",
            value: .object([.init(name: "", value: .string("\"\\/\u{8}\u{c}\n\r\t"))])),
        ]))
    #expect(try parse("[]") == .array([]))
    #expect(try parse("{}") == .object([]))
    #expect(try parse(#""\u00e9\ud83c\udf0a 🌊""#) == .string("é🌊 🌊"))
  }

  @Test func countsAreWholeAndFit() throws {
    #expect(try parse("[0, 7]").counts == [0, 7])
    #expect(try parse("9223372036854775807").count == Int.max)
    for text in ["9223372036854775808", "-1", "1.0", "1e3", "\"1\""] {
      #expect(try parse(text).count == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("", "expected a value at byte 0, but found the end."),
    ("{\"a\" 1}", "expected ':' at byte 5, but found '1'."),
    ("{\"a\": 1", "expected ',' or '}' at byte 7, but found the end."),
    ("{1}", "expected the name of a member at byte 1"),
    ("[1, 2", "expected ',' or ']' at byte 5"),
    ("[1,]", "expected a value at byte 3, but found ']'."),
    ("01", "expected a value at byte 2"),
    ("1.", "expected a digit at byte 2"),
    ("1e", "expected a digit at byte 2"),
    ("tru", "expected a value at byte 0"),
    ("1 1", "expected the end of the text at byte 2"),
    ("\"a", "expected '\"' at byte 2"),
    ("\"\n\"", "expected no control character in a string at byte 1, but found the byte 10."),
    (#""\x""#, "expected an escape at byte 2"),
    (#""\u12g4""#, "expected four hexadecimal digits at byte 5"),
    (#""\u12"#, "expected four hexadecimal digits at byte 3"),
    (#""\ud800""#, "expected a Unicode character"),
    (#""\ud83c\u0041""#, "expected the other half of a surrogate"),
  ])
  func refusesWithPlaceAndExpectation(text: String, expected: String) {
    let error = failure { _ = try parse(text) }
    #expect(error.message.hasPrefix("j: is no JSON: "))
    #expect(error.message.contains(expected), "\(error)")
  }

  @Test func refusesWrongUTF8AndDeepNesting() {
    let bytes: [UInt8] = [0x22, 0xff, 0x22]
    let encoding = failure { _ = try JSONValue(parsing: bytes, name: "j") }
    #expect(encoding.message == "j: cannot be read as JSON: a string is not UTF-8, at byte 0.")
    let deep = failure { _ = try parse(String(repeating: "[", count: 1_000_000)) }
    #expect(deep.message.contains("no more than 32 levels of nesting"))
  }

  @Test func refusesANameASecondTime() {
    let twice = failure { _ = try parse("{\"a\": 1, \"a\": 2}") }
    #expect(
      twice.message
        == "j: cannot be read as JSON: the name 'a' is there twice in an object, at byte 9.")
    let name = String(repeating: "a", count: 1_000_000)
    let long = failure { _ = try parse("{\"\(name)\": 1, \"\(name)\": 2}") }
    #expect(long.message.utf8.count < 200)
  }

  /// What is quoted here is read back by Foundation.
  @Test func quotedStringsAreJSON() throws {
    let text = "\"\\/\u{0}\u{1f}\n é🌊"
    let json = Data("[\(JSONValue.quoted(text))]".utf8)
    #expect(try JSONDecoder().decode([String].self, from: json) == [text])
    #expect(try parse(JSONValue.quoted(text)) == .string(text))
  }
}
