import TidemillGraph

/// Writes a zip archive entry by entry; the same entries give the same bytes.
///
/// Sizes and places that 32 bits cannot hold are written with 64, as zip64 does.
///
/// **Source**: .ZIP File Format Specification, PKWARE, version 6.3.10.
struct ZipWriter {
  private let writer: AtomicFile.Writer
  /// The first number that is written with 64 bits; a test lowers it.
  private let large: Int
  private var place = 0
  private var directory: [UInt8] = []
  private var entries = 0

  init(_ writer: AtomicFile.Writer, large: Int) { (self.writer, self.large) = (writer, large) }

  /// Appends an entry of these bytes, one piece after the other.
  ///
  /// - Parameter name: At most 65,535 bytes.
  /// - Throws: `file` where it cannot be written.
  mutating func append(
    _ name: String, _ pieces: [UnsafeRawBufferPointer], compressed: Bool
  ) throws {
    let size = pieces.reduce(0) { $0 + $1.count }
    let checksum = pieces.reduce(0) { Deflate.checksum($1, after: $0) }
    let packed = compressed ? try Deflate.packed(pieces.flatMap { [UInt8]($0) }) : nil
    let entry = Entry(
      name: name, isDeflated: compressed, checksum: checksum, packedSize: packed?.count ?? size,
      size: size, start: place, large: large)
    try write(entry.header)
    if let packed {
      try write(packed)
    } else {
      for piece in pieces {
        try writer.append(piece)
        place += piece.count
      }
    }
    directory += entry.directoryEntry
    entries += 1
  }

  /// Appends the directory.
  ///
  /// - Throws: `file` where it cannot be written.
  mutating func finish() throws {
    let (start, size) = (place, directory.count)
    try write(directory)
    if start >= large || size >= large || entries >= min(large, 0xffff) {
      try write(
        bytes(UInt32(0x0606_4b50)) + bytes(UInt64(44)) + bytes(UInt16(45)) + bytes(UInt16(45))
          + bytes(UInt64(0)) + bytes(UInt64(entries)) + bytes(UInt64(entries)) + bytes(UInt64(size))
          + bytes(UInt64(start)))
      try write(
        bytes(UInt32(0x0706_4b50)) + bytes(UInt32(0)) + bytes(UInt64(start + size))
          + bytes(UInt32(1)))
    }
    let count = bytes(UInt16(clamping: entries >= large ? .max : entries))
    try write(
      bytes(UInt32(0x0605_4b50)) + bytes(UInt32(0)) + count + count
        + bytes(small(size, large: large)) + bytes(small(start, large: large)) + bytes(UInt16(0)))
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try writer.append($0) }
    place += bytes.count
  }
}

/// What is written of an entry before its bytes and in the directory.
private struct Entry {
  let name: String
  let isDeflated: Bool
  let checksum: UInt32
  let packedSize: Int
  let size: Int
  let start: Int
  let large: Int

  /// Both sizes are large where one is: a header before the bytes must have both.
  private var hasLargeSizes: Bool { size >= large || packedSize >= large }
  private var hasLargeStart: Bool { start >= large }

  var header: [UInt8] {
    let extra = largeField(withStart: false)
    return bytes(UInt32(0x0403_4b50)) + bytes(version) + common + bytes(UInt16(extra.count))
      + Array(name.utf8) + extra
  }

  var directoryEntry: [UInt8] {
    let extra = largeField(withStart: true)
    // The permissions of a regular file, as Unix has them: rw-------.
    let attributes = UInt32(0o100600) << 16
    return bytes(UInt32(0x0201_4b50)) + bytes(UInt16(3 << 8) | version) + bytes(version) + common
      + bytes(UInt16(extra.count)) + bytes(UInt64(0)).prefix(6) + bytes(attributes)
      + bytes(small(start, large: large)) + Array(name.utf8) + extra
  }

  private var version: UInt16 { hasLargeSizes || hasLargeStart ? 45 : 20 }

  /// Flags to the length of the name.
  private var common: [UInt8] {
    let flags: UInt16 = name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 0x800
    // The first of January 1980, the earliest date there is, as NumPy writes it.
    let date: UInt16 = 1 << 5 | 1
    let limit = hasLargeSizes ? 0 : large
    return bytes(flags) + bytes(UInt16(isDeflated ? 8 : 0)) + bytes(UInt16(0)) + bytes(date)
      + bytes(checksum) + bytes(small(packedSize, large: limit)) + bytes(small(size, large: limit))
      + bytes(UInt16(clamping: name.utf8.count))
  }

  private func largeField(withStart: Bool) -> [UInt8] {
    var numbers = hasLargeSizes ? [size, packedSize] : []
    if withStart && hasLargeStart { numbers.append(start) }
    guard !numbers.isEmpty else { return [] }
    return bytes(UInt16(1)) + bytes(UInt16(numbers.count * 8))
      + numbers.flatMap { bytes(UInt64($0)) }
  }
}

private func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A number in 32 bits, all of them set where it is in the 64-bit field.
private func small(_ value: Int, large: Int) -> UInt32 {
  value >= large ? .max : UInt32(clamping: value)
}
