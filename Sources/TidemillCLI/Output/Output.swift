import Foundation
import Synchronization
import Tidemill

/// Standard output and standard error.
///
/// Written without a buffer, so that lines come as they are made also in a pipe, and an error of
/// the system, such as a full disk, is noticed where it happens.
enum Output {
  /// Whether a line that will be rewritten stands on the terminal, without its end.
  private static let hasLiveLine = Atomic(false)
  /// Whether there was no standard output when the program began.
  private static let isClosed = Atomic(false)

  /// Puts `/dev/null` in the place of standard streams that are closed: the next file to be opened
  /// would be taken for one.
  static func fillClosedStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)  // gets the lowest free number, which is this one
      if stream == STDOUT_FILENO { isClosed.store(true, ordering: .relaxed) }
    }
  }

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
    hasLiveLine.store(true, ordering: .relaxed)
    try write("\r\(text)\u{1B}[K")
  }

  /// Ends the live line, if there is one, so that what comes next has a line of its own.
  static func endLiveLine() {
    if hasLiveLine.exchange(false, ordering: .relaxed) { try? write("\n") }
  }

  /// The same, but not where the terminal takes nothing at the moment; never waits.
  static func endLiveLineUnlessBusy() {
    var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    if poll(&output, 1, 0) == 1 { endLiveLine() }
  }

  /// Removes the live line, if there is one.
  static func clearLiveLine() throws {
    if hasLiveLine.exchange(false, ordering: .relaxed) { try write("\r\u{1B}[K") }
  }

  /// Writes a line to standard error; there is nowhere to say that this failed.
  static func error(_ text: String) {
    endLiveLine()
    _ = writeAll(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  private static func write(_ text: String) throws {
    guard !isClosed.load(ordering: .relaxed) else {
      throw TidemillError(.file, "Standard output cannot be written: it is closed.")
    }
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
