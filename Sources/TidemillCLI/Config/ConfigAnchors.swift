import Tidemill

/// Keeps texts with anchors (`&name`) and aliases (`*name`) from the parser: a few lines of them can stand for more
/// elements than there is time to look at.
enum ConfigAnchors {
  /// Looks for what could be one, anywhere but in comments; in a text with quotes, too, as where these end is the
  /// parser's to say.
  ///
  /// - Throws: `argument` with the line.
  static func check(_ text: String, path: String) throws {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where hasAnchor(line) {
      throw TidemillError(
        .argument,
        "\(path): line \(index + 1): anchors and aliases (& and *) are not understood here; in a name, "
          + "put no space in front of them.")
    }
  }

  private static func hasAnchor(_ line: Substring) -> Bool {
    let isQuoted = line.contains { $0 == "\"" || $0 == "'" }
    var previous: UInt8 = 0x20
    for byte in line.utf8 {
      let isStart = starts.contains(previous)
      if byte == UInt8(ascii: "#") && isStart && !isQuoted { return false }
      if isStart && (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")) { return true }
      previous = byte
    }
    return false
  }

  /// After what a token may begin.
  private static let starts = Set(" \t[{,:-?!\u{FEFF}".utf8)
}
