import TidemillGraph

/// What pictures as SVG have in common.
package enum SVG {
  /// A length in pixels; a tenth of one is enough.
  static func pixels(_ length: Double) -> String {
    let rounded = (length * 10).rounded() / 10
    return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
  }

  /// Text between tags, or in the quotes of an attribute.
  ///
  /// Characters that XML 1.0 does not allow are written as U+FFFD.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\u{0}"..<"\t", "\u{B}", "\u{C}", "\u{E}"..<" ", "\u{FFFE}", "\u{FFFF}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A line of text.
  ///
  /// - Parameters:
  ///   - text: Not escaped; nothing is written of an empty one.
  ///   - x: Where it starts, ends, or has its middle.
  ///   - y: Its base line.
  ///   - size: Of the font, in pixels.
  ///   - color: As SVG has it; without one, that of the group it is in.
  ///   - anchor: `start`, `middle` or `end`.
  static func text(
    _ text: String, x: Double, y: Double, size: Int, color: String? = nil, anchor: String
  ) -> String {
    let fill = color.map { " fill=\"\($0)\"" } ?? ""
    return text.isEmpty
      ? ""
      : "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\" font-size=\"\(size)\"\(fill) "
        + "text-anchor=\"\(anchor)\">\(escaped(text))</text>"
  }

  /// From one character to the next of a font with equal ones; most others are narrower.
  static func advance(_ size: Double) -> Double { size * 0.61 }

  /// Pixels that a text takes at most. Letters of the east are two wide.
  static func width(_ text: String, _ size: Double) -> Double {
    text.reduce(0) { $0 + (($1.unicodeScalars.first?.value ?? 0) < 0x1100 ? 1 : 2) }
      * advance(size)
  }
}
