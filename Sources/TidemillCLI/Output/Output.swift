import Foundation
import Synchronization
import Tidemill

/// Standard output and standard error.
///
/// Written without a buffer, so that lines come as they are made also in a pipe, and an error of
/// the system, such as a full disk, is noticed where it happens.
enum Output {
  /// Whether a line that will be rewritten stands on the terminal, without its end.
  private static let liveLine = Mutex(false)

  /// Writes a line to standard output.
  ///
  /// - Throws: `file` where it cannot be written.
  static func line(_ text: String) throws {
    try write(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// Puts a text in the place of the last live line.
  ///
  /// - Throws: `file` where it cannot be written.
  static func live(_ text: String) throws {
    try liveLine.withLock { isLive in
      isLive = true
      try write("\r\(text)\u{1B}[K")
    }
  }

  /// Ends the live line, if there is one, so that what comes next has a line of its own.
  static func endLiveLine() {
    liveLine.withLock { isLive in
      if isLive { try? write("\n") }
      isLive = false
    }
  }

  /// Removes the live line, if there is one.
  static func clearLiveLine() throws {
    try liveLine.withLock { isLive in
      if isLive { try write("\r\u{1B}[K") }
      isLive = false
    }
  }

  /// Writes a line to standard error; there is nowhere to say that this failed.
  static func error(_ text: String) {
    endLiveLine()
    _ = writeAll(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  private static func write(_ text: String) throws {
    let reason = writeAll(text, to: STDOUT_FILENO)
    guard reason == 0 else {
      throw TidemillError(
        .file, "Standard output cannot be written: \(String(cString: strerror(reason))).")
    }
  }

  /// Writes all bytes; 0, or why that is not possible.
  private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let start = rest.baseAddress, !rest.isEmpty {
        let taken = Foundation.write(descriptor, start, rest.count)
        if taken < 0 && errno == EINTR { continue }
        guard taken > 0 else { return taken < 0 ? errno : EIO }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken))
      }
      return 0
    }
  }
}
