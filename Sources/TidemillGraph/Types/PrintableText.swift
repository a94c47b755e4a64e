extension StringProtocol {
  /// The text on one line that cannot steer a terminal, without its end where it is long: what is in
  /// a file may come from anywhere.
  ///
  /// - Parameter limit: The most Unicode scalars that are shown; one that is not printable is shown as
  ///   its number, such as `\u{1b}`, and counts as one.
  package func printable(limit: Int = 60) -> String {
    let isLong = unicodeScalars.count > limit
    let shown = unicodeScalars.prefix(isLong ? Swift.max(limit - 1, 0) : limit)
    var result = ""
    for scalar in shown {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return isLong ? result + "…" : result
  }
}
