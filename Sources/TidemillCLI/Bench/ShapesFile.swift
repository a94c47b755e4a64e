import Foundation
import Tidemill

/// A file of shapes of matrix products: a line is `transA transB M N K`, as `N T 64 256 784`.
///
/// Empty lines, and those that begin with `#`, are left out.
enum ShapesFile {
  /// Reads the shapes.
  ///
  /// - Parameters:
  ///   - path: A file, or `-` for standard input.
  ///   - dtype: Of the numbers, which have to fit into memory.
  /// - Throws: `file` where it cannot be read, naming the line that is wrong.
  static func read(_ path: String, dtype: DType) throws -> [MatrixProductShape] {
    let name = path == "-" ? "standard input" : path
    let bytes =
      try path == "-"
      ? StandardInput.bytes(limit: mostBytes)
      : FileReader.contents(of: path, limit: mostBytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var shapes: [MatrixProductShape] = []
    for (index, line) in lines.enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      let place = "\(name), line \(index + 1)"
      guard let shape = shape(words) else {
        throw TidemillError(
          .file,
          "\(place): expected 'transA transB M N K', two letters of N and T and three whole numbers "
            + "from 1 on, such as N T 64 256 784; found '\(line.printable())'.")
      }
      let bytes = shape.elements * Double(dtype.size)
      guard bytes <= mostMemory else {
        throw TidemillError(
          .file,
          "\(place): its three matrices take \(NumberText.significant(bytes, 3)) bytes, but no more "
            + "than \(NumberText.significant(mostMemory, 3)), half of the memory of this machine, "
            + "are measured; found '\(line.printable())'.")
      }
      shapes.append(shape)
    }
    guard !shapes.isEmpty else {
      throw TidemillError(
        .file,
        "\(name): has no shapes; a line is 'transA transB M N K', such as N T 64 256 784.")
    }
    return shapes
  }

  private static func shape(_ words: [Substring]) -> MatrixProductShape? {
    guard words.count == 5, let a = isTransposed(words[0]), let b = isTransposed(words[1])
    else { return nil }
    let sizes = words[2...].compactMap { Int($0) }.filter { $0 >= 1 }
    guard sizes.count == 3 else { return nil }
    return MatrixProductShape(transA: a, transB: b, m: sizes[0], n: sizes[1], k: sizes[2])
  }

  private static func isTransposed(_ word: Substring) -> Bool? {
    switch word {
    case "N", "n": false
    case "T", "t": true
    default: nil
    }
  }

  private static let mostBytes = 1 << 20
  /// The system would promise more, and end the program later.
  private static let mostMemory = Double(ProcessInfo.processInfo.physicalMemory / 2)
}
