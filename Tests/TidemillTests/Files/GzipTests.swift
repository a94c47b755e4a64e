import Testing
import Tidemill

/// Packed data comes out as it went in, and what is wrong with it is told apart.
@Suite struct GzipTests {
  let text = Array("The tide turns twice a day. ".utf8)

  @Test func unpacksOneMemberAndSeveral() throws {
    #expect(try Gzip.decompress(gzip(text), name: "a") == text)
    #expect(try Gzip.decompress(gzip(text) + gzip([]) + gzip(text), name: "a") == text + text)
  }

  @Test(arguments: [0, 1, 65_535, 65_536, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1_000_000])
  func unpacksSizesAroundItsChunks(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    #expect(try Gzip.decompress(gzip(bytes), name: "a") == bytes)
  }

  @Test func truncatedSaysSo() {
    for length in [0, 1, 5, 12, gzip(text).count - 1] {
      let error = failure { _ = try Gzip.decompress(Array(gzip(text)[..<length]), name: "t.gz") }
      #expect(error.code == .file)
      #expect(
        error.message == "t.gz: the gzip data is truncated: it ends after \(length) bytes, in the "
          + "middle of what it holds. Copy or download the file again.")
    }
  }

  @Test func corruptSaysWhereAndWhat() {
    var bytes = gzip(text)
    bytes[20] ^= 1
    let error = failure { _ = try Gzip.decompress(bytes, name: "c.gz") }
    #expect(
      error.message == "c.gz: the gzip data is corrupt at byte \(bytes.count - 4) (incorrect data "
        + "check). Copy or download the file again.")
    bytes = gzip(text)
    bytes[11] ^= 1
    let block = failure { _ = try Gzip.decompress(bytes, name: "c.gz") }
    #expect(block.message.contains("is corrupt at byte 15 (invalid stored block lengths)"))
  }

  @Test func otherBytesAreNotGzip() {
    let error = failure { _ = try Gzip.decompress(text, name: "n.gz") }
    #expect(error.message == "n.gz: is not a gzip file (incorrect header check).")
  }

  @Test func trailingBytesAreNamed() {
    let error = failure { _ = try Gzip.decompress(gzip(text) + [1, 2, 3], name: "g.gz") }
    #expect(
      error.message == "g.gz: 3 bytes that are not gzip follow the gzip data at byte "
        + "\(gzip(text).count).")
  }

  @Test func moreThanTheLimitIsRefused() throws {
    let packed = gzip(text)
    #expect(try Gzip.decompress(packed, name: "b", limit: text.count) == text)
    let error = failure { _ = try Gzip.decompress(packed, name: "b.gz", limit: text.count - 1) }
    #expect(
      error.message == "b.gz: unpacks to more than 27 bytes from \(packed.count): that is not read "
        + "into memory.")
  }

  @Test func aNameWithGzMustHoldGzip() throws {
    let folder = try TemporaryFolder()
    #expect(try Gzip.contents(of: folder.file("plain", text)) == text)
    #expect(try Gzip.contents(of: folder.file("packed", gzip(text))) == text)
    let path = try folder.file("plain.gz", text)
    let error = failure { _ = try Gzip.contents(of: path) }
    #expect(error.message == "\(path): is not a gzip file (incorrect header check).")
  }

  @Test func unreadablePathsSayWhy() throws {
    let folder = try TemporaryFolder()
    let missing = failure { _ = try FileReader.contents(of: folder("none")) }
    #expect(missing.message == "\(folder("none")): cannot be opened: No such file or directory.")
    let isFolder = failure { _ = try FileReader.contents(of: folder.path) }
    #expect(isFolder.message == "\(folder.path): cannot be read: it is a folder.")
    let device = failure { _ = try FileReader.contents(of: "/dev/null") }
    #expect(device.message == "/dev/null: cannot be read: it is no regular file.")
    let large = try folder.file("large", text)
    let tooLarge = failure { _ = try FileReader.contents(of: large, limit: 27) }
    #expect(tooLarge.message.contains("has 28 bytes, and no more than 27 are read"))
  }

  /// Whatever the bytes: an answer or an error, no trap.
  @Test func damagedDataNeverTraps() {
    for bytes in damaged(gzip(text) + gzip(text), seed: 1, count: 2_000) {
      _ = try? Gzip.decompress(bytes, name: "seed 1", limit: 1 << 20)
    }
  }
}
