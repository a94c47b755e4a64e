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
  ///   - path: A new file, or a regular file to replace; a symbolic link is followed, also to a file
  ///     that is not there yet; permissions of the old file are kept.
  ///   - body: Hands over the pieces; what it throws is thrown on, and nothing is replaced.
  /// - Throws: `file`, with the path and the system's reason.
  package static func write(
    to path: String, calls: FileCalls = FileCalls(), _ body: (Writer) throws -> Void
  ) throws {
    let target = try Self.target(of: path)
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

  /// Finds out, before long work, what would keep a file from being written: begins one and removes
  /// it.
  ///
  /// - Throws: as ``write(to:calls:_:)``.
  package static func check(_ path: String) throws {
    let target = try Self.target(of: path)
    if access(target, F_OK) != 0 && errno == ENAMETOOLONG {
      throw TidemillError(.file, "\(path): cannot be written: \(systemReason(ENAMETOOLONG)).")
    }
    try Writer(target: target, path: path, calls: FileCalls()).abandon()
  }

  /// The file behind links, by the one path that leads there without links.
  ///
  /// Only a regular file may be replaced: renaming over a device like `/dev/null` would destroy it.
  ///
  /// - Throws: `file` where the path is empty, leads around in circles, or is a folder or a device.
  package static func target(of path: String) throws -> String {
    guard !path.isEmpty else { throw TidemillError(.file, "The path of a file to write is empty.") }
    var place = path
    for _ in 0..<mostLinks {
      if let target = real(place) {
        try checkIsRegular(target, path: path)
        return target
      }
      guard let link = destination(of: place) else {
        guard let parent = real(folder(of: place)), !place.hasSuffix("/") else { return place }
        return (parent == "/" ? "" : parent) + "/" + (place.split(separator: "/").last ?? "")
      }
      place = link.hasPrefix("/") ? link : "\(folder(of: place))/\(link)"
    }
    throw TidemillError(.file, "\(path): cannot be written: \(systemReason(ELOOP)).")
  }

  /// As many as Linux follows.
  private static let mostLinks = 40

  private static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// What a symbolic link holds; `nil` where the path is none.
  private static func destination(of path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  private static func checkIsRegular(_ target: String, path: String) throws {
    var status = stat()
    guard stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
    throw TidemillError(.file, "\(path): cannot be written: it is \(kind).")
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
      descriptor = UnfinishedFiles.create(temporary) { [temporary] in
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
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
      UnfinishedFiles.forget(temporary)
    }

    fileprivate func abandon() {
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
      unlink(temporary)
      UnfinishedFiles.forget(temporary)
    }

    private func failure(_ errorNumber: Int32) -> TidemillError {
      TidemillError(
        .file,
        "\(path): cannot be written: \(systemReason(errorNumber)). "
          + "A file that was there is unchanged.")
    }
  }
}
