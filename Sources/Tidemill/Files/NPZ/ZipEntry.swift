import TidemillGraph

/// What the directory of a zip archive says of one entry.
///
/// **Source**: .ZIP File Format Specification, PKWARE, version 6.3.10, 4.3.7, 4.3.12 and 4.5.3.
struct ZipEntry {
  /// How the bytes are packed.
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  let name: String
  let method: Method
  let checksum: UInt32
  let packedSize: Int
  let size: Int
  /// The place of what comes before the bytes.
  let start: Int

  /// Reads the next entry of a directory.
  ///
  /// - Throws: `file` where it is damaged, encrypted, packed in another way, or its name is no UTF-8.
  init(_ fields: inout LittleEndianFields, archive: String) throws {
    guard fields.next(UInt32.self) == 0x0201_4b50, fields.take(4) != nil,
      let flags: UInt16 = fields.next(), let method: UInt16 = fields.next(), fields.take(4) != nil,
      let checksum: UInt32 = fields.next(), let packedSize: UInt32 = fields.next(),
      let size: UInt32 = fields.next(), let nameLength: UInt16 = fields.next(),
      let extraLength: UInt16 = fields.next(), let commentLength: UInt16 = fields.next(),
      let disk: UInt16 = fields.next(), fields.take(6) != nil, let start: UInt32 = fields.next(),
      let name = fields.take(Int(nameLength)), let extra = fields.take(Int(extraLength)),
      fields.take(Int(commentLength)) != nil
    else { throw zipFailure(archive, "its directory is damaged") }
    // Without its flag a name is in an old code page, in which ASCII is the same.
    guard let text = String(validating: name, as: UTF8.self) else {
      throw zipFailure(archive, "it has an entry whose name is no UTF-8")
    }
    guard flags & 0x2041 == 0 else {
      throw zipFailure(archive, "'\(text.printable())' is encrypted")
    }
    guard let method = Method(rawValue: method) else {
      throw zipFailure(
        archive,
        "'\(text.printable())' is packed by method \(method), and only 0, stored, and 8, deflate, can "
          + "be read")
    }
    let sizes = LargeSizes(extra, size: size, packedSize: packedSize, start: start)
    guard let sizes, disk == 0 || disk == 0xffff else {
      throw zipFailure(archive, "the 64-bit sizes of '\(text.printable())' are damaged")
    }
    guard method == .deflated || sizes.size == sizes.packedSize else {
      throw zipFailure(
        archive,
        "'\(text.printable())' is stored as \(sizes.packedSize) bytes, but should have \(sizes.size)"
      )
    }
    (self.name, self.method, self.checksum) = (text, method, checksum)
    (self.packedSize, self.size, self.start) = (sizes.packedSize, sizes.size, sizes.start)
  }

  /// The place of the packed bytes: behind a header that repeats the name.
  ///
  /// - Throws: `file` where there is no such header, or it has another name.
  func dataRange(_ source: ByteSource, before limit: Int) throws -> Range<Int> {
    let damage = zipFailure(
      source.name, "the header of '\(name.printable())' at byte \(start) is damaged")
    guard start <= limit, limit - start >= 30 else { throw damage }
    var fields = LittleEndianFields(try source.bytes(start..<start + 30)[...])
    guard fields.next(UInt32.self) == 0x0403_4b50, fields.take(2) != nil,
      let flags: UInt16 = fields.next(), flags & 0x2041 == 0,
      fields.next(UInt16.self) == method.rawValue, fields.take(16) != nil,
      let nameLength: UInt16 = fields.next(), let extraLength: UInt16 = fields.next()
    else { throw damage }
    let data = start + 30 + Int(nameLength) + Int(extraLength)
    guard data <= limit, limit - data >= packedSize,
      try source.bytes(start + 30..<start + 30 + Int(nameLength)).elementsEqual(name.utf8)
    else { throw damage }
    return data..<data + packedSize
  }
}

/// Sizes and a place that may be in the 64-bit extra field, in this order, each only if the 32-bit one
/// has no room for it.
private struct LargeSizes {
  let size: Int
  let packedSize: Int
  let start: Int

  init?(_ extra: ArraySlice<UInt8>, size: UInt32, packedSize: UInt32, start: UInt32) {
    var fields = LittleEndianFields(extra)
    var large = LittleEndianFields([])
    while let id: UInt16 = fields.next() {
      guard let length: UInt16 = fields.next(), let data = fields.take(Int(length)) else {
        return nil
      }
      if id == 1 { large = LittleEndianFields(data) }
    }
    func value(_ small: UInt32) -> Int? {
      guard small == .max else { return Int(small) }
      let found: UInt64? = large.next()
      return found.flatMap { Int(exactly: $0) }
    }
    guard let size = value(size), let packedSize = value(packedSize), let start = value(start)
    else { return nil }
    (self.size, self.packedSize, self.start) = (size, packedSize, start)
  }
}
