import Foundation
import TidemillGraph

/// A value as JSON in a file's metadata: every field is there, and no other.
enum CheckpointText {
  /// A value as JSON, with sorted names, so that equal values are equal texts.
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Reads a value.
  ///
  /// - Parameters:
  ///   - text: JSON.
  ///   - name: What errors call it: the file, and the name of the metadata.
  /// - Throws: `file` where a field is missing, of another type, unknown or given twice; the error names it.
  static func decode<T: Codable>(_: T.Type, from text: String, name: String) throws -> T {
    // Foundation's decoder takes the first of two members of one name, and any depth.
    let given = try JSONValue(parsing: Array(text.utf8), name: name)
    let value: T
    do {
      value = try JSONDecoder().decode(T.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw TidemillError(.file, "\(name): \(sentence(error)).")
    }
    let known = try JSONValue(parsing: Array(encode(value).utf8), name: name)
    if let field = unknownField(given, known) {
      throw TidemillError(
        .file, "\(name): there is no field '\(field.printable())' in this format.")
    }
    return value
  }

  /// The first member of objects that is not in what was understood of them.
  private static func unknownField(_ given: JSONValue, _ known: JSONValue) -> String? {
    guard case .object(let members) = given, case .object(let understood) = known else {
      return nil
    }
    for member in members {
      guard let same = understood.first(where: { $0.name == member.name }) else {
        return member.name
      }
      if let inner = unknownField(member.value, same.value) { return "\(member.name).\(inner)" }
    }
    return nil
  }

  private static func sentence(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return path.isEmpty ? "its value" : "'\(names.joined(separator: ".").printable())'"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(let type, let context):
      return "\(place(context.codingPath)) is of another type than \(name(of: type))"
    case .valueNotFound(let type, let context):
      return "\(place(context.codingPath)) is null, but \(name(of: type)) is needed"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      // It is JSON, as was seen before.
      return "a number is too large, or has a fraction where it must be whole"
    case .dataCorrupted(let context):
      return "\(place(context.codingPath)) has a value that is not possible: "
        + context.debugDescription.trimmingCharacters(in: ["."]).printable(limit: 200)
    @unknown default: return "it cannot be read"
    }
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }
}
