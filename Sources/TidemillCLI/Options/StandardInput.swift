import Foundation
import Tidemill

/// Standard input, read to its end.
enum StandardInput {
  /// All bytes.
  ///
  /// - Throws: `file` where it cannot be read, or has more than `limit` bytes.
  static func bytes(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = read(STDIN_FILENO, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw TidemillError(
          .file, "Standard input cannot be read: \(String(cString: strerror(errno))).")
      }
      if count == 0 { return bytes }
      bytes += part[..<count]
    }
    throw TidemillError(.file, "Standard input has more than \(limit) bytes: use a file.")
  }
}
