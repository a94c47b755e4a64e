import Foundation
import TidemillGraph

/// An open regular file, or the bytes of one in memory, read at any position.
package final class FileReader: Sendable {
  /// The path as it was given, for error messages.
  package let path: String
  /// Bytes in the file when it was opened.
  package let size: Int
  private let source: Source

  private enum Source {
    /// Reading at a position moves nothing.
    case descriptor(Int32)
    case bytes([UInt8])
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameter path: What errors call it.
  package init(_ bytes: [UInt8], path: String) {
    self.path = path
    source = .bytes(bytes)
    size = bytes.count
  }

  /// Opens a file.
  ///
  /// - Throws: `file` where it is missing, not allowed or not a regular file.
  package init(path: String) throws {
    // Without O_NONBLOCK, opening a pipe would wait for a writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw TidemillError(.file, "\(path): cannot be opened: \(systemReason(errno)).")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
      close(descriptor)
      throw TidemillError(.file, "\(path): cannot be read: it is \(kind).")
    }
    self.path = path
    source = .descriptor(descriptor)
    size = Int(status.st_size)
  }

  /// Fills `target` with the bytes from `position` on.
  ///
  /// - Throws: `file` where the file ends before, or the system reports an error.
  package func read(into target: UnsafeMutableRawBufferPointer, at position: Int) throws {
    guard let start = target.baseAddress else { return }
    let descriptor: Int32
    switch source {
    case .descriptor(let opened): descriptor = opened
    case .bytes(let bytes): return try read(bytes, into: target, at: position)
    }
    var done = 0
    while done < target.count {
      let got = pread(descriptor, start + done, target.count - done, off_t(position + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        let reason =
          got < 0 ? systemReason(errno) : "it now ends at byte \(position + done)"
        throw TidemillError(.file, "\(path): cannot be read: \(reason).")
      }
      done += got
    }
  }

  private func read(
    _ bytes: [UInt8], into target: UnsafeMutableRawBufferPointer, at position: Int
  ) throws {
    let rest = bytes.dropFirst(position)
    guard target.count <= rest.count else {
      throw TidemillError(.file, "\(path): cannot be read: it ends at byte \(bytes.count).")
    }
    target.copyBytes(from: rest.prefix(target.count))
  }

  /// All bytes of the file.
  ///
  /// - Throws: `file` where it cannot be read or has more than `limit` bytes.
  package static func contents(of path: String, limit: Int = 1 << 34) throws -> [UInt8] {
    let reader = try FileReader(path: path)
    guard reader.size <= limit else {
      throw TidemillError(
        .file,
        "\(path): has \(reader.size) bytes, and no more than \(limit) are read into memory.")
    }
    return try [UInt8](unsafeUninitializedCapacity: reader.size) { target, count in
      try reader.read(into: UnsafeMutableRawBufferPointer(target), at: 0)
      count = target.count
    }
  }

  deinit {
    if case .descriptor(let descriptor) = source { close(descriptor) }
  }
}

/// The system's sentence for an error number: `No such file or directory`.
package func systemReason(_ errorNumber: Int32) -> String { String(cString: strerror(errorNumber)) }
