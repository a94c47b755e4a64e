import CZlib
import Tidemill

extension FuzzTarget {
  /// Packed data: any bytes come back from a packed form of them; what unpacks stays within its limit
  /// and begins as its first bytes alone do.
  static let gzip = FuzzTarget("gzip") { bytes in
    let parts = [Array(bytes.prefix(bytes.count / 2)), Array(bytes.dropFirst(bytes.count / 2))]
    let packed = stored(parts[0]) + stored(parts[1])
    try require(
      try Gzip.decompress(packed, name: "f") == bytes, "two members are not what went into them")
    let cut = try accepted { try Gzip.decompress(packed.dropLast(), name: "f") }
    try require(cut == nil, "a cut member is taken")

    let limit = 1 << 16
    guard
      let unpacked = try accepted({ try Gzip.decompress(bytes, name: "f", limit: limit) })
    else { return }
    try require(unpacked.count <= limit, "\(unpacked.count) bytes are more than the limit")
    let wanted = unpacked.count / 2
    try require(
      try Gzip.decompress(bytes, name: "f", first: wanted).elementsEqual(unpacked.prefix(wanted)),
      "the first \(wanted) bytes are others alone")
    try require(
      try Gzip.decompress(stored(unpacked), name: "f") == unpacked,
      "what was unpacked does not come back")
  }
}

/// A gzip member that holds bytes without compressing them (RFC 1951, 3.2.4).
func stored(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(0xffff)
    rest = rest.dropFirst(block.count)
    let count = UInt16(block.count)
    result.append(rest.isEmpty ? 1 : 0)
    result += littleEndian(count) + littleEndian(~count) + block
  } while !rest.isEmpty
  let checksum = bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
  // An empty buffer has no address, for which zlib gives the first checksum: 0.
  return result + littleEndian(UInt32(truncatingIfNeeded: checksum))
    + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
}

/// The bytes of a number, the lowest first.
func littleEndian<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian, Array.init)
}
