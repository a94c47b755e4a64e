import Foundation
import Testing
import Tidemill

/// A folder for one test, removed when the test lets go of it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  /// The path of a file in the folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  /// The names of all files, hidden ones included.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The bytes of a file.
func contents(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The error that `body` throws; a failure of the test where it throws none.
func failure(
  at location: SourceLocation = #_sourceLocation, of body: () throws -> Void
) -> TidemillError {
  let error = #expect(throws: TidemillError.self, sourceLocation: location) { try body() }
  return error ?? TidemillError(.argument, "no error")
}

/// CRC-32 bit by bit, with no code shared with zlib.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(UInt32.max) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1) &* 0xedb8_8320 }
  }
}

/// A gzip member that stores the bytes in blocks as they are (RFC 1951, 3.2.4).
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  var start = 0
  repeat {
    let end = min(start + 0xffff, bytes.count)
    let length = UInt16(end - start)
    result.append(end == bytes.count ? 1 : 0)
    result += littleEndian(length) + littleEndian(~length) + bytes[start..<end]
    start = end
  } while start < bytes.count
  return result + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
}

/// The bytes of a number, lowest first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// The bytes of a number, highest first.
func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] { littleEndian(value).reversed() }

/// Many damaged copies of some bytes: cut, with changed bytes, with inserted ones.
func damaged(_ bytes: [UInt8], seed: UInt64, count: Int) -> [[UInt8]] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    var copy = bytes
    for _ in 0...generator.index(below: 4) {
      let place = generator.index(below: copy.count + 1)
      switch generator.index(below: 4) {
      case 0: copy.removeSubrange(place...)
      case 1: copy.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      default:
        guard place < copy.count else { continue }
        copy[place] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    return copy
  }
}
