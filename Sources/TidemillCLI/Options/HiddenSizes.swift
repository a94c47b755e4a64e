import ArgumentParser

/// The sizes of hidden layers as people type them: `256,128`, or `none`.
package enum HiddenSizes {
  /// Reads a list of sizes.
  ///
  /// - Throws: `ValidationError`, with the forms there are.
  package static func parse(_ text: String) throws -> [Int] {
    if text == "none" { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let part = part.drop { $0 == " " }
      guard let size = Int(part) else {
        throw ValidationError(
          "give whole numbers with commas between them like 256 or 256,128, or none.")
      }
      guard 1...largest ~= size else {
        throw ValidationError("a layer has from 1 to \(largest) units, not \(size).")
      }
      return size
    }
  }

  /// More than any layer that fits into memory.
  private static let largest = 1 << 20
}
