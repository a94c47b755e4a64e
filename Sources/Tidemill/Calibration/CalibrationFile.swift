import TidemillCompiler
import TidemillGraph

/// The constants of a cost model in a file.
///
/// JSON: `{"version": 1, "seconds": {"product_deep": 8.7e-12, ...}}`, with the names of ``CostConstant``, all of them.
package enum CalibrationFile {
  private static let version = 1
  private static let mostBytes = 1 << 16

  /// Writes a file.
  ///
  /// - Throws: `file`.
  package static func write(_ costs: CostModel, to path: String) throws {
    let lines = CostConstant.allCases.map { "    \"\($0.rawValue)\": \(costs[$0])" }
    let text = """
      {
        "version": \(version),
        "seconds": {
      \(lines.joined(separator: ",\n"))
        }
      }

      """
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  /// Reads a file.
  ///
  /// - Throws: `file` where it cannot be read or is no JSON, `calibration` where it is of another version, a constant is
  ///   missing, or one is no time.
  package static func read(_ path: String) throws -> CostModel {
    let bytes = try FileReader.contents(of: path, limit: mostBytes)
    guard case .object(let members) = try JSONValue(parsing: bytes, name: path) else {
      throw damaged(path, "expected an object")
    }
    guard let found = members.first(where: { $0.name == "version" })?.value.count,
      found == version
    else { throw damaged(path, "expected \"version\": \(version)") }
    guard case .object(let seconds) = members.first(where: { $0.name == "seconds" })?.value else {
      throw damaged(path, "expected an object \"seconds\"")
    }
    var constants: [CostConstant: Double] = [:]
    for member in seconds {
      guard let constant = CostConstant(rawValue: member.name) else {
        throw damaged(path, "'\(member.name.printable(limit: 40))' is no constant")
      }
      guard case .number(let text) = member.value, let value = Double(text) else {
        throw damaged(path, "'\(constant.rawValue)' is no number")
      }
      constants[constant] = value
    }
    if let missing = CostConstant.allCases.first(where: { constants[$0] == nil }) {
      throw damaged(path, "'\(missing.rawValue)' is missing")
    }
    return try CostModel(constants)
  }

  private static func damaged(_ path: String, _ what: String) -> TidemillError {
    TidemillError(
      .calibration,
      "\(path) is no calibration: \(what). Write a new one with 'tidemill topology --calibrate \(path)'."
    )
  }
}
