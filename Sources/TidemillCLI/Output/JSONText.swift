import Foundation

/// JSON as every subcommand writes it: names in snake_case and sorted, so that equal results are
/// equal bytes.
enum JSONText {
  /// A value as JSON.
  ///
  /// - Parameter pretty: Over many lines, for one value that people may look at.
  static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .custom { path in
      let key = path.last ?? AnyKey("")
      return key.intValue == nil ? AnyKey(snakeCase(key.stringValue)) : key
    }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// An underscore before each capital that follows another kind of letter: `allowedPUs` becomes
  /// `allowed_pus`, for which Foundation's own strategy has `allowed_p_us`.
  private static func snakeCase(_ name: String) -> String {
    var result = ""
    var previous: Character = "_"
    for character in name {
      if character.isUppercase && !previous.isUppercase && previous != "_" { result += "_" }
      result += character.lowercased()
      previous = character
    }
    return result
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
