import ArgumentParser

/// A number of bytes as people type it: `64MiB`, `1GiB`, `500kB`, `1000000`.
package enum ByteSize {
  /// Powers of 1000 and of 1024; matched without regard to case.
  private static let units: [String: Int] = [
    "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
    "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
  ]

  /// Reads a size.
  ///
  /// - Throws: `ValidationError`, with the forms there are.
  package static func parse(_ text: String) throws -> Int {
    let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Double(digits), let factor = units[unit] else {
      throw ValidationError(
        "give a number of bytes like 64MiB, 1GiB, 500kB or 1000000.")
    }
    let bytes = (number * Double(factor)).rounded()
    guard bytes >= 1, bytes < 0x1p62 else {
      throw ValidationError("give at least 1 byte and less than 2^62.")
    }
    return Int(bytes)
  }
}
