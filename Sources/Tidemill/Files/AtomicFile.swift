import Foundation
import TidemillGraph

/// Writes files so that whoever looks finds the whole old file or the whole new one.
///
/// The bytes go to a temporary file in the same folder, which is brought to the disk and then
/// renamed. Where anything fails, the temporary file is removed and an old file stays as it was.
package enum AtomicFile {
  /// Writes pieces of bytes, one after the other.
  ///
  /// - Parameters:
  ///   - path: A new file, or a regular file to replace; a symbolic link is followed, permissions
  ///     of the old file are kept.
  ///   - body: Hands over the pieces; what it throws is thrown on, and nothing is replaced.
  /// - Throws: `file`, with the path and the system's reason.
  package static func write(
    to path: String, calls: FileCalls = FileCalls(), _ body: (Writer) throws -> Void
  ) throws {
    let target = try resolved(path)
    let writer = try Writer(target: target, path: path, calls: calls)
    do {
      try body(writer)
      try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
    try synchronizeFolder(of: target, path: path, calls: calls)
  }

  /// Writes bytes.
  ///
  /// - Throws: as ``write(to:calls:_:)``.
  package static func write(
    _ bytes: [UInt8], to path: String, calls: FileCalls = FileCalls()
  ) throws {
    try write(to: path, calls: calls) { writer in
      try bytes.withUnsafeBytes { try writer.append($0) }
    }
  }

  /// The file behind links; only a regular file may be replaced: renaming over a device like
  /// `/dev/null` would destroy it.
  private static func resolved(_ path: String) throws -> String {
    guard !path.isEmpty else { throw TidemillError(.file, "The path of a file to write is empty.") }
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    let target = String(cString: pointer)
    var status = stat()
    guard stat(target, &status) == 0 else { return target }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
      throw TidemillError(.file, "\(path): cannot be written: it is \(kind).")
    }
    return target
  }

  private static func synchronizeFolder(of target: String, path: String, calls: FileCalls) throws {
    let descriptor = open(folder(of: target), O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { return }  // a folder may be writable but not readable
    defer { close(descriptor) }
    // Some file systems cannot synchronize a folder and say so with EINVAL.
    if calls.synchronize(descriptor) != 0 && errno != EINVAL {
      throw TidemillError(
        .file,
        "\(path): the file is written, but its folder could not be brought to the disk: "
          + "\(systemReason(errno)).")
    }
  }

  fileprivate static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Takes the bytes of one file.
  package final class Writer {
    private let target: String
    private let path: String
    private let temporary: String
    private let calls: FileCalls
    private var descriptor: Int32

    fileprivate init(target: String, path: String, calls: FileCalls) throws {
      let name = target.split(separator: "/").last.map(String.init) ?? "file"
      let tag = String(UInt32.random(in: 0...UInt32.max), radix: 36)
      // A name may have 255 bytes; the shortened one keeps the temporary file recognisable.
      temporary = "\(AtomicFile.folder(of: target))/.\(name.prefix(40)).\(tag).tmp"
      self.target = target
      self.path = path
      self.calls = calls
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw failure(errno) }
      var status = stat()
      if stat(target, &status) == 0 { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    }

    /// Appends bytes, all of them.
    ///
    /// - Throws: `file`, with the path and the system's reason.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
      guard let start = bytes.baseAddress else { return }
      var done = 0
      while done < bytes.count {
        let taken = calls.write(descriptor, start + done, bytes.count - done)
        if taken < 0 && errno == EINTR { continue }
        guard taken > 0 else { throw failure(taken < 0 ? errno : EIO) }
        done += taken
      }
    }

    fileprivate func finish() throws {
      guard calls.synchronize(descriptor) == 0 else { throw failure(errno) }
      let closing = descriptor
      descriptor = -1
      // Network file systems report a full disk only here.
      guard close(closing) == 0 else { throw failure(errno) }
      guard calls.rename(temporary, target) == 0 else { throw failure(errno) }
    }

    fileprivate func abandon() {
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
      unlink(temporary)
    }

    private func failure(_ errorNumber: Int32) -> TidemillError {
      TidemillError(
        .file,
        "\(path): cannot be written: \(systemReason(errorNumber)). "
          + "A file that was there is unchanged.")
    }
  }
}
