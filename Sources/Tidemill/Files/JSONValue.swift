import TidemillGraph

/// A JSON text (RFC 8259) whose objects keep their order and may not name a member twice.
///
/// Foundation's decoders keep one of two members of the same name, where a file format calls that a
/// mistake; that is why this exists. Numbers stay as they are written.
package indirect enum JSONValue: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case boolean(Bool)
  /// A number, as it is written.
  case number(String)
  /// A string, its escapes replaced.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, its members in order.
  case object([Member])

  /// A member of an object.
  package struct Member: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// Its value.
    package let value: JSONValue

    /// A member of this name and value.
    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Reads a text.
  ///
  /// - Parameter name: What errors call the text: its file.
  /// - Throws: `file` where the text is no JSON, with the place and what was expected there.
  package init(parsing bytes: [UInt8], name: String) throws {
    var parser = JSONParser(bytes: bytes, name: name)
    self = try parser.document()
  }

  /// The value of a whole number that is not negative and fits.
  package var count: Int? {
    guard case .number(let text) = self, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// The values of an array of such numbers.
  package var counts: [Int]? {
    guard case .array(let values) = self else { return nil }
    let counts = values.compactMap(\.count)
    return counts.count == values.count ? counts : nil
  }

  /// A string as it is written in JSON, quotes included.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
