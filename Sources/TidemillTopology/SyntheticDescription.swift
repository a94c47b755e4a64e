import TidemillGraph

/// Looks at a synthetic description before hwloc does, which would take memory for any number of
/// PUs, or print.
package enum SyntheticDescription {
  /// As many as Linux can be built for. hwloc takes memory by the square: 8 times as many need 10 GB.
  static let mostPUs = 1 << 13

  /// Throws unless every level has a count and the machine is of a sensible size.
  ///
  /// A level is `type:count`, or just a count; attributes stand behind it in `(...)`, memory that
  /// is attached to a level in `[...]`.
  package static func check(_ description: String) throws {
    func fail(_ problem: String) -> TidemillError {
      TidemillError(
        .topology,
        "synthetic machine '\(description.printable(limit: 120))': \(problem); write levels from "
          + "the outermost in, such as 'pack:2 numa:2 core:4 pu:2'")
    }
    let levels = withoutBrackets(description).split(whereSeparator: \.isWhitespace)
    if levels.isEmpty { throw fail("it has no levels") }
    var product = 1
    for level in levels {
      guard let count = count(of: level) else {
        throw fail(
          "level '\(level.printable())' needs a count of at least 1, alone or behind a type")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow || next > mostPUs { throw fail("more than \(mostPUs) PUs") }
      product = next
    }
    if let last = levels.last, last.contains(":"), !last.lowercased().hasPrefix("pu:") {
      throw fail("the last level is '\(last.printable())' and has to be the PUs")
    }
  }

  /// The count of a level: `4`, or behind the colon of `core:4`. Nothing else, as hwloc reads on where
  /// a number ends: to it `2l2:3` is two levels.
  private static func count(of level: Substring) -> Int? {
    let parts = level.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let digits = parts.last, digits.utf8.allSatisfy(isDigit),
      let count = Int(digits), count > 0
    else { return nil }
    guard parts.count == 2 else { return count }
    let type = parts[0].utf8
    guard let first = type.first, isLetter(first),
      type.allSatisfy({ isLetter($0) || isDigit($0) })
    else { return nil }
    return count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  private static func withoutBrackets(_ text: String) -> String {
    var depth = 0
    return String(
      text.map { character -> Character in
        if "([".contains(character) { depth += 1 }
        if ")]".contains(character) {
          depth -= 1
          return " "
        }
        return depth > 0 ? " " : character
      })
  }
}
