/// Bytes that can be read at any place: those of a file, or in memory.
struct ByteSource {
  let name: String
  let size: Int
  private let read: (UnsafeMutableRawBufferPointer, Int) throws -> Void

  init(_ reader: FileReader) {
    name = reader.path
    size = reader.size
    read = reader.read
  }

  init(_ bytes: [UInt8], name: String) {
    self.name = name
    size = bytes.count
    read = { target, place in target.copyBytes(from: bytes[place..<place + target.count]) }
  }

  /// The bytes of a range, which must lie within `size`.
  ///
  /// - Throws: as ``FileReader``.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { target, count in
      try read(UnsafeMutableRawBufferPointer(target), range.lowerBound)
      count = range.count
    }
  }
}

/// Little-endian numbers one after the other.
struct LittleEndianFields {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next number; `nil` where fewer bytes are left than it has.
  mutating func next<T: FixedWidthInteger & UnsignedInteger>(_: T.Type = T.self) -> T? {
    guard let bytes = take(T.bitWidth / 8) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | T($1) }
  }

  /// The next bytes; `nil` where fewer are left.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
