import ArgumentParser

/// Numbers as people type them: `1,2.5,1`.
package enum NumberList {
  /// Reads a list of numbers.
  ///
  /// - Throws: `ValidationError`, with the form there is.
  package static func parse(_ text: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Double(part.drop { $0 == " " }) else {
        throw ValidationError("give numbers with commas between them like 1,2.5,1.")
      }
      return number
    }
  }
}
