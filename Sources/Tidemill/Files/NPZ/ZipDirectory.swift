import TidemillGraph

/// Where the list of entries of a zip archive is, as the end of the archive says.
///
/// **Source**: .ZIP File Format Specification, PKWARE, version 6.3.10, 4.3.14 to 4.3.16.
struct ZipDirectory {
  let start: Int
  let size: Int
  let entries: Int

  /// Looks for the end.
  ///
  /// - Throws: `file` where there is none, or it does not fit the archive: the directory must end where
  ///   the end begins, so that there is one way to read an archive.
  init(_ source: ByteSource) throws {
    let (end, place) = try Self.end(source)
    var fields = LittleEndianFields(end.dropFirst(4))
    guard let disk: UInt16 = fields.next(), let startDisk: UInt16 = fields.next(),
      let entriesHere: UInt16 = fields.next(), let entries: UInt16 = fields.next(),
      let size: UInt32 = fields.next(), let start: UInt32 = fields.next()
    else { throw zipFailure(source.name, "its end is truncated") }
    if let large = try Self.largeEnd(source, before: place) {
      self = large
      return
    }
    guard disk == 0, startDisk == 0, entriesHere == entries else {
      throw zipFailure(source.name, "it is one of several parts")
    }
    (self.start, self.size, self.entries) = (Int(start), Int(size), Int(entries))
    try check(source.name, end: place)
  }

  private init(start: Int, size: Int, entries: Int) {
    (self.start, self.size, self.entries) = (start, size, entries)
  }

  /// An entry of the directory has 46 bytes at least.
  private func check(_ name: String, end: Int) throws {
    let (found, overflow) = start.addingReportingOverflow(size)
    guard !overflow, found == end, entries <= size / 46 else {
      throw zipFailure(
        name,
        "its directory should have \(entries) entries in \(size) bytes from byte \(start), and end "
          + "at byte \(end)")
    }
  }

  /// The last record, of 22 bytes and a comment of up to 65,535, and its place.
  private static func end(_ source: ByteSource) throws -> (ArraySlice<UInt8>, Int) {
    let first = max(source.size - 22 - 0xffff, 0)
    let tail = try source.bytes(first..<source.size)
    for place in stride(from: tail.count - 22, through: 0, by: -1)
    where tail[place...].starts(with: [0x50, 0x4b, 5, 6]) {
      let comment = Int(tail[place + 20]) | Int(tail[place + 21]) << 8
      if place + 22 + comment == tail.count { return (tail[place..<place + 22], first + place) }
    }
    throw zipFailure(source.name, "it has no end of a zip archive, and may be truncated")
  }

  /// What an archive with 64-bit numbers has before that record; `nil` where it has none.
  private static func largeEnd(_ source: ByteSource, before place: Int) throws -> ZipDirectory? {
    guard place >= 20 else { return nil }
    var locator = LittleEndianFields(try source.bytes(place - 20..<place)[...])
    guard locator.next(UInt32.self) == 0x0706_4b50 else { return nil }
    guard locator.next(UInt32.self) == 0, let offset: UInt64 = locator.next(),
      let end = Int(exactly: offset), end <= place - 20 - 56
    else { throw zipFailure(source.name, "the place of its 64-bit end is damaged") }
    var record = LittleEndianFields(try source.bytes(end..<place - 20)[...])
    guard record.next(UInt32.self) == 0x0606_4b50, let length: UInt64 = record.next(),
      length == UInt64(place - 20 - end - 12), record.take(4) != nil,
      record.next(UInt32.self) == 0, record.next(UInt32.self) == 0,
      let here: UInt64 = record.next(), let all: UInt64 = record.next(), here == all,
      let size: UInt64 = record.next(), let start: UInt64 = record.next(),
      let large = Self(entries: all, size: size, start: start)
    else { throw zipFailure(source.name, "its 64-bit end is damaged") }
    try large.check(source.name, end: end)
    return large
  }

  private init?(entries: UInt64, size: UInt64, start: UInt64) {
    guard let entries = Int(exactly: entries), let size = Int(exactly: size),
      let start = Int(exactly: start)
    else { return nil }
    self.init(start: start, size: size, entries: entries)
  }
}

/// An error about an archive.
func zipFailure(_ name: String, _ reason: String) -> TidemillError {
  TidemillError(.file, "\(name): is no valid NPZ file: \(reason).")
}
