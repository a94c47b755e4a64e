import Testing
import Tidemill

/// A picture decoded by a reader of its own has the pixels that were written.
@Suite struct PNGTests {
  /// The chunks of a file, checksums verified.
  func chunks(_ bytes: [UInt8]) throws -> [(type: String, data: [UInt8])] {
    #expect(Array(bytes[..<8]) == [0x89] + Array("PNG\r\n\u{1a}\n".utf8))
    var result: [(String, [UInt8])] = []
    var place = 8
    while place < bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let body = Array(bytes[place + 4..<place + 8 + length])
      #expect(Array(bytes[place + 8 + length..<place + 12 + length]) == bigEndian(checksum(body)))
      result.append((String(decoding: body[..<4], as: UTF8.self), Array(body[4...])))
      place += 12 + length
    }
    return result
  }

  @Test(arguments: [(1, 1), (3, 2), (2, 3), (300, 257)])
  func pixelsComeBack(width: Int, height: Int) throws {
    var generator = SeededGenerator(seed: 3)
    let grey = (0..<width * height).map { _ in UInt8(generator.index(below: 256)) }
    let folder = try TemporaryFolder()
    try PNG.write(grey: grey, width: width, height: height, to: folder("p.png"))
    let chunks = try chunks(contents(folder("p.png")))
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    #expect(
      chunks[0].data == bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0])
    let rows = try Gzip.decompress(chunks[1].data, name: "IDAT")
    let expected = (0..<height).flatMap { [0] + grey[$0 * width..<($0 + 1) * width] }
    #expect(rows == expected)
  }

  @Test(arguments: [(0, 0, 0), (2, 2, 3), (-1, -4, 4), (Int.max, 2, 4)])
  func sizesMustFit(width: Int, height: Int, count: Int) throws {
    let folder = try TemporaryFolder()
    let error = failure {
      let grey = [UInt8](repeating: 0, count: count)
      try PNG.write(grey: grey, width: width, height: height, to: folder("p.png"))
    }
    #expect(error.code == .argument)
    #expect(
      error.message.hasPrefix(
        "A picture of \(width) x \(height) pixels cannot be made of \(count) pixels"))
    #expect(try folder.names == [])
  }
}
