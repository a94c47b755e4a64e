import CZlib
import TidemillGraph

/// Unpacks gzip data (RFC 1952), one member or several, and zlib streams (RFC 1950).
package enum Gzip {
  /// Bytes that unpacked data may have unless told otherwise: a small file can claim to be huge.
  package static let defaultLimit = 1 << 32

  /// Whether bytes begin like a gzip file.
  package static func isGzip(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
  }

  /// The unpacked contents of a file, or the contents themselves where they are not packed.
  ///
  /// - Throws: as ``decompress(_:name:limit:)`` and ``FileReader``.
  package static func contents(of path: String, limit: Int = defaultLimit) throws -> [UInt8] {
    let bytes = try FileReader.contents(of: path)
    return isPacked(bytes, path: path)
      ? try decompress(bytes, name: path, limit: limit) : bytes
  }

  /// Whether a file must be unpacked: its name says so, or its first bytes do.
  package static func isPacked(_ bytes: [UInt8], path: String) -> Bool {
    path.hasSuffix(".gz") || isGzip(bytes)
  }

  /// Unpacks all members.
  ///
  /// - Parameters:
  ///   - bytes: The packed bytes.
  ///   - name: What errors call the data: its path.
  ///   - limit: Unpacked bytes that are too many.
  ///   - wanted: Where the caller needs no more: unpacking ends with these first bytes, whatever
  ///     follows.
  /// - Throws: `file`, a sentence of its own for data that is not gzip, corrupt, truncated,
  ///   followed by other bytes, or too large once unpacked.
  package static func decompress(
    _ bytes: [UInt8], name: String, limit: Int = defaultLimit, first wanted: Int = .max
  ) throws -> [UInt8] {
    // A small file needs no large buffer, but for what it may unpack to.
    let chunk = min(1 << 18, 1 << 12 + 4 * min(bytes.count, 1 << 16))
    let inflater = try Inflater(name: name, limit: limit, wanted: wanted, chunk: chunk)
    return try bytes.withUnsafeBufferPointer { try inflater.run($0) }
  }
}

/// One run of zlib's inflate over bytes in memory.
private final class Inflater {
  private let name: String
  private let limit: Int
  private let wanted: Int
  // On the heap: zlib remembers where its stream is and refuses one that has moved.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let chunk: UnsafeMutableBufferPointer<UInt8>
  private var result: [UInt8] = []

  init(name: String, limit: Int, wanted: Int, chunk: Int) throws {
    self.chunk = .allocate(capacity: chunk)
    self.name = name
    self.limit = limit
    self.wanted = wanted
    stream.initialize(to: z_stream())
    // 15 bits is the largest window; 32 more finds out whether the header is gzip's or zlib's.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 15 + 32, ZLIB_VERSION, size) == Z_OK else {
      throw TidemillError(.file, "\(name): zlib could not be started: out of memory.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    chunk.deallocate()
  }

  func run(_ input: UnsafeBufferPointer<UInt8>) throws -> [UInt8] {
    var position = 0
    var isAtMemberEnd = false
    repeat {
      let count = min(input.count - position, 1 << 30)  // zlib counts in 32 bits
      stream.pointee.avail_in = uInt(count)
      stream.pointee.next_in = input.baseAddress.map { .init(mutating: $0 + position) }
      isAtMemberEnd = try inflateMember(at: position, of: input.count)
      if result.count == wanted { return result }
      position += count - Int(stream.pointee.avail_in)
      if isAtMemberEnd && position < input.count {
        try startNextMember(input, at: position)
      }
    } while position < input.count
    guard isAtMemberEnd else {
      throw TidemillError(
        .file,
        "\(name): the gzip data is truncated: it ends after \(input.count) bytes, in the middle of "
          + "what it holds. Copy or download the file again.")
    }
    return result
  }

  /// Takes the bytes at hand and tells whether a member ended among them.
  private func inflateMember(at position: Int, of total: Int) throws -> Bool {
    let available = Int(stream.pointee.avail_in)
    while true {
      stream.pointee.next_out = chunk.baseAddress
      stream.pointee.avail_out = uInt(chunk.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let produced = chunk.count - Int(stream.pointee.avail_out)
      guard produced <= limit - result.count else {
        throw TidemillError(
          .file,
          "\(name): unpacks to more than \(limit) bytes from \(total): that is not read into "
            + "memory.")
      }
      result.append(contentsOf: chunk[..<min(produced, wanted - result.count)])
      switch status {
      case Z_OK where result.count == wanted: return false
      case Z_STREAM_END: return true
      case Z_OK where stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0: continue
      case Z_OK, Z_BUF_ERROR: return false
      default: throw corruption(status, at: position + available - Int(stream.pointee.avail_in))
      }
    }
  }

  private func corruption(_ status: Int32, at position: Int) -> TidemillError {
    let reason = stream.pointee.msg.map { String(cString: $0) } ?? String(cString: zError(status))
    if reason == "incorrect header check" || reason == "unknown compression method" {
      return TidemillError(.file, "\(name): is not a gzip file (\(reason)).")
    }
    return TidemillError(
      .file,
      "\(name): the gzip data is corrupt at byte \(position) (\(reason)). "
        + "Copy or download the file again.")
  }

  private func startNextMember(
    _ input: UnsafeBufferPointer<UInt8>, at position: Int
  ) throws {
    let rest = input.count - position
    guard rest >= 2, input[position] == 0x1f, input[position + 1] == 0x8b else {
      throw TidemillError(
        .file, "\(name): \(rest) bytes that are not gzip follow the gzip data at byte \(position).")
    }
    inflateReset(stream)
  }
}
