import CZlib
import TidemillGraph

/// Raw deflate data (RFC 1951), as zip archives hold them, and their checksums.
enum Deflate {
  /// Deflate makes at most this many bytes of one (zlib's technical details).
  static let largestRatio = 1032

  /// Unpacks data whose size is known.
  ///
  /// - Parameters:
  ///   - bytes: The packed bytes, all of which are used.
  ///   - size: Bytes that they unpack to.
  /// - Returns: The unpacked bytes; `nil` where they are corrupt, more or fewer, or something follows.
  static func unpacked(_ bytes: [UInt8], size: Int) -> [UInt8]? {
    // Also keeps a claim that cannot be true from asking for its memory.
    guard size / largestRatio <= bytes.count, let stream = Stream(unpacking: true) else {
      return nil
    }
    // One byte more than there should be, so that a stream that is longer shows.
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: size + 1) { target, count in
      (isWhole, count) = stream.run(bytes, into: target)
    }
    return isWhole && result.count == size ? result : nil
  }

  /// Packs data at zlib's usual level.
  ///
  /// - Throws: `file` where zlib has no memory.
  static func packed(_ bytes: [UInt8]) throws -> [UInt8] {
    guard let stream = Stream(unpacking: false) else {
      throw TidemillError(.file, "zlib could not be started: out of memory.")
    }
    var isWhole = false
    // deflateBound's own formula for raw data of any window, and some.
    let bound = bytes.count + bytes.count >> 3 + bytes.count >> 8 + bytes.count >> 9 + 64
    let result = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      (isWhole, count) = stream.run(bytes, into: target)
    }
    guard isWhole else { throw TidemillError(.file, "zlib could not compress the data.") }
    return result
  }

  /// CRC-32 of bytes.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    guard let start else { return previous }
    return UInt32(truncatingIfNeeded: crc32_z(uLong(previous), start, bytes.count))
  }
}

/// One run of zlib over bytes in memory.
private final class Stream {
  // On the heap: zlib remembers where its stream is and refuses one that has moved.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let isUnpacking: Bool

  init?(unpacking: Bool) {
    isUnpacking = unpacking
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    // Negative bits: no header and no checksum around the data.
    let status =
      unpacking
      ? inflateInit2_(stream, -15, ZLIB_VERSION, size)
      : deflateInit2_(
        stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    guard status == Z_OK else { return nil }
  }

  deinit {
    if isUnpacking { inflateEnd(stream) } else { deflateEnd(stream) }
    stream.deallocate()
  }

  /// - Returns: Whether the stream ended exactly at the end of the input, and the bytes made.
  func run(_ input: [UInt8], into target: UnsafeMutableBufferPointer<UInt8>) -> (Bool, Int) {
    input.withUnsafeBufferPointer { input in
      var (taken, made) = (0, 0)
      while true {
        // zlib counts in 32 bits.
        let (available, room) = (
          min(input.count - taken, 1 << 30), min(target.count - made, 1 << 30)
        )
        stream.pointee.next_in = input.baseAddress.map { .init(mutating: $0 + taken) }
        stream.pointee.avail_in = uInt(available)
        stream.pointee.next_out = target.baseAddress.map { $0 + made }
        stream.pointee.avail_out = uInt(room)
        let flush = taken + available == input.count ? Z_FINISH : Z_NO_FLUSH
        let status = isUnpacking ? inflate(stream, Z_NO_FLUSH) : deflate(stream, flush)
        let (used, got) = (
          available - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out)
        )
        taken += used
        made += got
        if status == Z_STREAM_END { return (taken == input.count, made) }
        guard status == Z_OK, used > 0 || got > 0 else { return (false, made) }
      }
    }
  }
}
