import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Pictures of every form are the numbers that Pillow and NumPy say, and bad ones are refused.
@Suite struct PictureTests {
  private struct Golden: Decodable {
    let file: String
    let width: Int
    let height: Int
    /// Red, green, blue and alpha of each pixel, from 0 to 65535.
    let rgba: [Double]
  }

  private func golden(_ name: String) throws -> String {
    try goldenFile("Pictures/\(name)", in: .module).path
  }

  private func refusal(_ bytes: [UInt8], limit: Int = Picture.usualLimit) -> String {
    let error = failure { _ = try Picture(bytes: bytes, name: "f", limit: limit) }
    #expect(error.code == .file)
    #expect(error.message.hasPrefix("f: "))
    return String(error.message.dropFirst(3))
  }

  @Test func everyFormIsRead() throws {
    let json = Data(try contents(golden("goldens.json")))
    let goldens = try JSONDecoder().decode([Golden].self, from: json)
    #expect(goldens.count == 24)
    for golden in goldens {
      let bytes = try contents(self.golden(golden.file))
      let read = try Picture(bytes: bytes, name: golden.file, channels: .rgba)
      #expect(read.width == golden.width && read.height == golden.height, "\(golden.file)")
      #expect(read.pixels.shape == [golden.height, golden.width, 4], "\(golden.file)")
      let expected = golden.rgba.map { Float($0 / 65535) }
      #expect(try read.pixels.scalars(as: Float.self) == expected, "\(golden.file)")
      let rgb = try Picture(bytes: bytes, name: golden.file, channels: .rgb).pixels
      let colors = expected.indices.filter { $0 % 4 != 3 }.map { expected[$0] }
      #expect(try rgb.scalars(as: Float.self) == colors, "\(golden.file)")
      let grey = try Picture(bytes: bytes, name: golden.file).pixels
      #expect(grey.shape == [golden.height, golden.width, 1])
      for (pixel, luma) in grey.doubles.enumerated() {
        let part = expected[4 * pixel..<4 * pixel + 3].map(Double.init)
        let wanted = 0.299 * part[0] + 0.587 * part[1] + 0.114 * part[2]
        #expect(abs(luma - wanted) < 1e-7, "\(golden.file), pixel \(pixel)")
      }
    }
  }

  /// What PNG.write makes is read again, also by the path.
  @Test func ownPicturesComeBack() throws {
    let folder = try TemporaryFolder()
    let grey = (0..<77).map { UInt8($0 * 3) }
    try PNG.write(grey: grey, width: 11, height: 7, to: folder("f.png"))
    let read = try Picture(path: folder("f.png"))
    #expect(read.width == 11 && read.height == 7)
    #expect(try read.pixels.scalars(as: Float.self) == grey.map { Float($0) / 255 })
  }

  private static let texts: [(String, [Double])] = [
    ("P2 2 1 9\n 3\n9", [3, 9]), ("P2#c\n2#d\n1 9#e\n3 9 \n", [3, 9]),
    ("P2\n1 2\n65535\n65535 1", [65535, 1]), ("P2 1 1 1 1", [1]),
    ("P5\n2 1\n255\n\u{0}\u{7f}", [0, 127]), ("P5 1 1 256 \u{1}\u{0}", [256]),
    ("P5 1 1 127\n\u{20}\n", [32]), ("P6 1 1 100 \u{64}\u{64}\u{64}", [100]),
    ("P3 1 1 4 2 2 2", [2]),
  ]
  private static let maxima: [Double] = [9, 9, 65535, 1, 255, 256, 127, 100, 4]

  @Test(arguments: zip(texts, maxima))
  func textsOfNetpbmAreRead(text: (String, [Double]), maximum: Double) throws {
    let picture = try Picture(bytes: Array(text.0.utf8), name: "f")
    let expected = text.1.map { Float($0 / maximum) }
    #expect(try picture.pixels.scalars(as: Float.self) == expected)
  }

  @Test(arguments: [
    ("P2", "expected a space before a width at byte 2"),
    ("P22 1 9 1 1", "expected a space before a width at byte 2"),
    ("P2 x", "expected a width from 1 to 2147483647 at byte 3"),
    ("P2 -1 1 1", "expected a width from 1 to 2147483647 at byte 3"),
    ("P2 0 1 9", "expected a width from 1 to 2147483647 at byte 3"),
    ("P2 1 99999999999999999999 9 1", "expected a height from 1 to 2147483647 at byte 5"),
    ("P2 18446744073709551617 1 9 1", "expected a width from 1 to 2147483647 at byte 3"),
    ("P2 1 1 0 0", "expected a largest value from 1 to 65535 at byte 7"),
    ("P2 1 1 65536 0", "expected a largest value from 1 to 65535 at byte 7"),
    ("P2 1 1 9", "is truncated: its pixels need 2 bytes, but 0 are there"),
    ("P2 1 1 9 10", "expected a value from 0 to 9 at byte 9"),
    ("P2 2 1 9 1   ", "expected a value from 0 to 9 at byte 13"),
    ("P2 1 1 9 1 1", "there are bytes after the picture at byte 11, and only one can be read"),
    ("P5 2 2 9\n123", "is truncated: its pixels need 4 bytes, but 3 are there"),
    ("P5 1 1 9", "expected one space before the pixels at byte 8"),
    ("P5 2 1 9\n\u{1}\u{a}", "the value 10 at byte 10 is above the largest one, 9"),
    ("P5 1 1 9\n\u{1}\u{1}", "there are bytes after the picture at byte 10, and only one can be"),
    ("P6 1 1 300\n12345", "is truncated: its pixels need 6 bytes, but 5 are there"),
  ])
  func badTextsAreRefused(text: String, message: String) {
    let found = refusal(Array(text.utf8))
    #expect(found.hasPrefix("is no valid PGM or PPM file: \(message)"), "\(found)")
  }

  @Test func otherFilesAreNoPictures() {
    for text in ["", "P", "P4 1 1 1", "P7", "GIF89a", "\u{89}PNG"] {
      #expect(
        refusal(Array(text.utf8)) == "is no picture that can be read: it begins neither like PNG, "
          + "PGM nor PPM.")
    }
    let missing = failure { _ = try Picture(path: "/nonexistent/f.png") }
    #expect(missing.message == "/nonexistent/f.png: cannot be opened: No such file or directory.")
  }

  /// A PNG of this header, and nothing that it promises.
  private func png(_ width: UInt32, _ height: UInt32, depth: UInt8 = 8) -> [UInt8] {
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      let body = Array(type.utf8) + data
      return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
    }
    let header = bigEndian(width) + bigEndian(height) + [depth, 0, 0, 0, 0]
    return PNG.signature + chunk("IHDR", header) + chunk("IDAT", [0x78, 0x9c, 3, 0, 0, 0, 0, 1])
      + chunk("IEND", [])
  }

  @Test func hugePicturesAreRefusedBeforeAnythingIsAllocated() {
    #expect(
      refusal(png(1 << 30, 1 << 30))
        == "has 1073741824 x 1073741824 pixels, and no more than 67108864 are read.")
    #expect(
      refusal(png(8192, 8192), limit: .max)
        == "is no valid PNG file: it claims 8192 x 8192 pixels, but its 65 bytes cannot hold them.")
    #expect(refusal(png(9, 9), limit: 80) == "has 9 x 9 pixels, and no more than 80 are read.")
    #expect(
      refusal(Array("P5 2147483647 2147483647 9\n".utf8), limit: .max)
        == "has 2147483647 x 2147483647 pixels, and no more than 1099511627776 are read.")
    #expect(
      refusal(Array("P6 1048576 1048576 65535\n".utf8), limit: .max).contains("pixels need 6597069")
    )
  }

  @Test func damagedPNGsAreNamed() throws {
    let bytes = try contents(golden("grey8.png"))
    let truncated = "is no valid PNG file: the file is truncated."
    for end in [8, 20, 40, bytes.count - 1, bytes.count - 12] {
      #expect(refusal(Array(bytes[..<end])) == truncated, "\(end) bytes")
    }
    var corrupt = bytes
    corrupt[45] ^= 1
    #expect(refusal(corrupt).hasPrefix("is no valid PNG file: IDAT: "))
    #expect(refusal(png(0, 1)).hasPrefix("is no valid PNG file: "))
    #expect(refusal(png(5, 5)).hasSuffix("ot enough image data."))
  }

  /// Whatever the bytes: a picture or an error, no trap, and libpng's jumps end in its C code.
  @Test(arguments: ["rgb16-interlaced.png", "palette2-transparent.png", "grey8.png"])
  func damagedPNGsNeverTrap(name: String) throws {
    let seed: UInt64 = 31
    var (read, refused) = (0, 0)
    for bytes in damaged(try contents(golden(name)), seed: seed, count: 5_000) {
      do {
        let picture = try Picture(
          bytes: bytes, name: "seed \(seed)", channels: .rgba, limit: 10_000)
        #expect(picture.pixels.isFinite)
        read += 1
      } catch is TidemillError { refused += 1 }
    }
    #expect(read > 0 && refused > 0)
  }

  @Test(arguments: ["P2 3 2 9\n1 2 3 4 5 6\n", "P6 1 2 255\nabcdef", "P5 2 1 256\n\u{0}a\u{0}b"])
  func damagedTextsNeverTrap(text: String) {
    var (read, refused) = (0, 0)
    for bytes in damaged(Array(text.utf8), seed: 32, count: 20_000) {
      do {
        let picture = try Picture(bytes: bytes, name: "seed 32")
        #expect(picture.pixels.doubles.allSatisfy { (0...1).contains($0) })
        read += 1
      } catch is TidemillError { refused += 1 } catch { Issue.record(error) }
    }
    #expect(read > 0 && refused > 0)
  }
}
