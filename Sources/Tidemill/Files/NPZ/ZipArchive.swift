import TidemillGraph

/// The entries of a zip archive, read one at a time.
///
/// What a strict reader and a lenient one would read differently is refused: duplicate names, entries
/// that share bytes, headers that contradict the directory, encryption, archives in parts.
struct ZipArchive {
  /// In the order of the directory.
  let entries: [ZipEntry]
  private let source: ByteSource
  private let ranges: [Range<Int>]

  /// Reads the directory.
  ///
  /// - Parameter limit: Bytes that all entries together may unpack to.
  /// - Throws: `file` where the archive is damaged, or unpacks to more.
  init(_ source: ByteSource, limit: Int) throws {
    self.source = source
    let directory = try ZipDirectory(source)
    let bytes = try source.bytes(directory.start..<directory.start + directory.size)
    var fields = LittleEndianFields(bytes[...])
    let entries = try (0..<directory.entries).map { _ in
      try ZipEntry(&fields, archive: source.name)
    }
    guard fields.rest.isEmpty else {
      throw zipFailure(source.name, "its directory has more than its \(entries.count) entries")
    }
    self.entries = entries
    try Self.check(entries, limit: limit, packed: source.size, source.name)
    ranges = try entries.map { try $0.dataRange(source, before: directory.start) }
    try checkPlaces()
  }

  /// The unpacked bytes of an entry.
  ///
  /// - Throws: `file` where it is damaged.
  func contents(_ index: Int) throws -> [UInt8] {
    let entry = entries[index]
    let packed = try source.bytes(ranges[index])
    let bytes =
      entry.method == .stored ? packed : Deflate.unpacked(packed, size: entry.size)
    guard let bytes else {
      throw zipFailure(
        source.name,
        "'\(entry.name.printable())' is damaged: its \(packed.count) bytes do not unpack to \(entry.size)"
      )
    }
    let checksum = bytes.withUnsafeBytes { Deflate.checksum($0) }
    guard checksum == entry.checksum else {
      throw zipFailure(
        source.name, "'\(entry.name.printable())' is damaged: its checksum is another one")
    }
    return bytes
  }

  private static func check(
    _ entries: [ZipEntry], limit: Int, packed: Int, _ name: String
  ) throws {
    var names: Set<String> = []
    var total = 0
    for entry in entries {
      guard names.insert(entry.name).inserted else {
        throw zipFailure(name, "two entries are called '\(entry.name.printable())'")
      }
      guard entry.size <= limit - total else {
        throw TidemillError(
          .file,
          "\(name): unpacks to more than \(limit) bytes from \(packed), at '\(entry.name.printable())': that is "
            + "not read into memory.")
      }
      total += entry.size
    }
  }

  /// Entries with bytes in common are how a small archive unpacks to a huge one.
  private func checkPlaces() throws {
    let places = entries.indices.sorted { entries[$0].start < entries[$1].start }
    for (place, next) in zip(places, places.dropFirst())
    where ranges[place].upperBound > entries[next].start {
      throw zipFailure(
        source.name,
        "'\(entries[place].name.printable())' and '\(entries[next].name.printable())' overlap")
    }
  }
}
