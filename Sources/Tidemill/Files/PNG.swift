import CZlib
import TidemillGraph

/// Writes grey pictures as PNG.
///
/// **Source**: Portable Network Graphics (PNG) Specification, W3C, second edition.
public enum PNG {
  /// Writes a picture: whole, or not at all and an old one survives.
  ///
  /// - Parameters:
  ///   - grey: `width·height` pixels, row major from the top left; 0 is black, 255 white.
  ///   - width: Pixels of a row.
  ///   - height: The number of rows.
  ///   - path: The file to write or to replace.
  /// - Throws: `argument` where the sizes do not fit; `file`, with the path and the system's
  ///   reason.
  public static func write(grey: [UInt8], width: Int, height: Int, to path: String) throws {
    try AtomicFile.write(encode(grey: grey, width: width, height: height), to: path)
  }

  /// The bytes of a file.
  ///
  /// - Throws: `argument` where the sizes do not fit.
  package static func encode(grey: [UInt8], width: Int, height: Int) throws -> [UInt8] {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, count == grey.count, count < 1 << 30 else {
      throw TidemillError(
        .argument,
        "A picture of \(width) x \(height) pixels cannot be made of \(grey.count) pixels: both "
          + "sides must be at least 1, the numbers equal and below 2^30.")
    }
    let depthGreyAndDefaults: [UInt8] = [8, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + depthGreyAndDefaults)
      + chunk("IDAT", try compress(rows(grey, width: width)))
      + chunk("IEND", [])
  }

  /// Each row after a byte for its filter: 0, none.
  private static func rows(_ grey: [UInt8], width: Int) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(grey.count + grey.count / width)
    for start in stride(from: 0, to: grey.count, by: width) {
      rows.append(0)
      rows += grey[start..<start + width]
    }
    return rows
  }

  private static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    var length = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&result, &length, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
    guard status == Z_OK else {
      let reason = String(cString: zError(status))
      throw TidemillError(.file, "A picture could not be compressed: \(reason).")
    }
    return Array(result[..<Int(length)])
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(crc32(0, body, uInt(body.count))))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
  }
}
