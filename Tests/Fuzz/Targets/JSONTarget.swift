import Tidemill

extension FuzzTarget {
  /// JSON: a value that was read is read again from the text of it.
  static let json = FuzzTarget("json") { bytes in
    guard let value = try accepted({ try JSONValue(parsing: bytes, name: "f") }) else { return }
    let again = try JSONValue(parsing: Array(text(value).utf8), name: "f")
    try require(again == value, "\(value) becomes \(again)")
    _ = value.count
    _ = value.counts
    let cut = Array(bytes.prefix { $0 != UInt8(ascii: "}") })
    if case .object = value, cut.count < bytes.count {
      let taken = try accepted { try JSONValue(parsing: cut, name: "f") }
      try require(taken == nil, "an object without its end is taken")
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let truth): "\(truth)"
    case .number(let text): text
    case .string(let text): JSONValue.quoted(text)
    case .array(let values): "[\(values.map(text).joined(separator: ","))]"
    case .object(let members):
      "{"
        + members.map { "\(JSONValue.quoted($0.name)):\(text($0.value))" }.joined(separator: ",")
        + "}"
    }
  }
}
