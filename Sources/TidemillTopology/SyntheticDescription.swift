import TidemillGraph

/// Looks at a synthetic description before hwloc does, which would take memory for any number of
/// PUs, or print.
enum SyntheticDescription {
  /// As many as Linux can be built for. hwloc takes memory by the square: 8 times as many need 10 GB.
  static let mostPUs = 1 << 13

  /// Throws unless every level has a count and the machine is of a sensible size.
  ///
  /// A level is `type:count`, or just a count; attributes stand behind it in `(...)`, memory that
  /// is attached to a level in `[...]`.
  static func check(_ description: String) throws {
    func fail(_ problem: String) -> TidemillError {
      TidemillError(
        .topology,
        "synthetic machine '\(description)': \(problem); write levels from the outermost in, "
          + "such as 'pack:2 numa:2 core:4 pu:2'")
    }
    let levels = withoutBrackets(description).split(whereSeparator: \.isWhitespace)
    if levels.isEmpty { throw fail("it has no levels") }
    var product = 1
    for level in levels {
      let count = level.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
      guard let count = Int(count), count > 0, !level.hasPrefix(":") else {
        throw fail("level '\(level)' needs a count of at least 1")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow || next > mostPUs { throw fail("more than \(mostPUs) PUs") }
      product = next
    }
    if let last = levels.last, last.contains(":"), !last.lowercased().hasPrefix("pu:") {
      throw fail("the last level is '\(last)' and has to be the PUs")
    }
  }

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
