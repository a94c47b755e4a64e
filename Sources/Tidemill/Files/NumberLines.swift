import TidemillGraph

/// The lines of a text that have whole numbers from 0 on, apart by blanks; what follows a `#`, and lines
/// that have nothing else, are passed over.
struct NumberLines {
  /// A line that has one number or more.
  struct Line {
    /// From 1.
    let number: Int
    let numbers: [Int]
    let path: String

    /// What is wrong with it.
    func mistake(_ reason: String) -> TidemillError {
      TidemillError(.data, "\(path): line \(number) \(reason).")
    }
  }

  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  private var number = 0

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// The next such line; `nil` at the end.
  ///
  /// - Throws: `data`, with the line and what is no number.
  mutating func next() throws -> Line? {
    while position < bytes.count {
      number += 1
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = bytes[position..<end].prefix { $0 != UInt8(ascii: "#") }
      position = end + 1
      let numbers = try line.split { Self.blanks.contains($0) }.map(parsed)
      if !numbers.isEmpty { return Line(number: number, numbers: numbers, path: path) }
    }
    return nil
  }

  private static let blanks = [" ", "\t", "\r", "\u{B}", "\u{C}"].map { UInt8(ascii: $0) }

  private func parsed(_ word: ArraySlice<UInt8>) throws -> Int {
    var value = 0
    for byte in word {
      let (product, isTooLong) = value.multipliedReportingOverflow(by: 10)
      let digit = Int(byte) - Int(UInt8(ascii: "0"))
      let (sum, overflow) = product.addingReportingOverflow(digit)
      guard (0...9).contains(digit), !isTooLong, !overflow else {
        let text = String(decoding: word.prefix(64), as: UTF8.self).printable(limit: 40)
        throw TidemillError(
          .data,
          "\(path): line \(number): '\(text)' is not a whole number from 0 on, of 64 bits.")
      }
      value = sum
    }
    return value
  }
}
