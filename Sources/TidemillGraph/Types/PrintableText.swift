extension StringProtocol {
  /// The text on one line that cannot steer a terminal, without its end where it is long: what is in
  /// a file may come from anywhere.
  ///
  /// - Parameter limit: The most Unicode scalars that are shown, and one more for the sign that the
  ///   end is missing. One that is not printable is shown as its number, such as `\u{1b}`.
  package func printable(limit: Int = 60) -> String {
    var shown = String.UnicodeScalarView()
    var rest = limit
    for scalar in unicodeScalars {
      let text = scalar.printable.unicodeScalars
      guard text.count <= rest else { return String(shown) + "…" }
      rest -= text.count
      shown += text
    }
    return String(shown)
  }
}

extension Unicode.Scalar {
  fileprivate var printable: String {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      "\\u{\(String(value, radix: 16))}"
    default: String(self)
    }
  }
}
