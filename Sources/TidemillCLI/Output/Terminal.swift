import Foundation

/// What standard output is shown on.
package struct Terminal: Sendable {
  /// Whether a line can be rewritten in place; not so in a pipe or a file.
  package let isLive: Bool
  /// Whether colours are wanted.
  package let hasColor: Bool

  /// A terminal with these abilities.
  package init(isLive: Bool, hasColor: Bool) {
    self.isLive = isLive
    self.hasColor = hasColor
  }

  /// The one of this process.
  static let current: Terminal = {
    let environment = ProcessInfo.processInfo.environment
    let isLive = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    return Terminal(isLive: isLive, hasColor: isLive && (environment["NO_COLOR"] ?? "").isEmpty)
  }()

  /// Columns; asked each time, as windows change their size.
  var width: Int {
    var size = winsize()
    let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }

  /// How text is set off.
  package enum Style: String, Sendable {
    case bold = "1"
    case faint = "2"
    case green = "32"
  }

  /// A text in a style, where colours are wanted.
  package func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
