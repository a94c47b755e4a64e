import Foundation
import Testing
import Tidemill

/// The bytes of an IDX file.
func idx(_ element: IDXFile.Element, _ shape: [Int], _ payload: [UInt8]) -> [UInt8] {
  [0, 0, element.rawValue, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + payload
}

/// Every type and rank is read, and what is wrong with a file is named.
@Suite struct IDXFileTests {
  func refusal(_ bytes: [UInt8]) -> String {
    let error = failure { _ = try IDXFile(bytes: bytes, name: "f") }
    #expect(error.code == .data)
    return error.message
  }

  @Test func everyTypeIsRead() throws {
    func read(_ element: IDXFile.Element, _ payload: [UInt8]) throws -> IDXFile {
      let count = payload.count / element.size
      let file = try IDXFile(bytes: idx(element, [1, count], payload), name: "f")
      #expect(file.shape == [1, count])
      #expect(file.element == element)
      return file
    }
    let bytes = try read(.uint8, [0, 255])
    #expect(try bytes.tensor() == Tensor([Int32(0), 255], shape: [1, 2]))
    #expect(try bytes.floats(dividedBy: 255) == Tensor([Float(0), 1], shape: [1, 2]))
    let signed = try read(.int8, [127, 128])
    #expect(try signed.tensor() == Tensor([Int32(127), -128], shape: [1, 2]))
    let short = try read(.int16, [0x12, 0x34, 0x80, 0])
    #expect(try short.tensor() == Tensor([Int32(0x1234), -32768], shape: [1, 2]))
    #expect(try short.floats().doubles == [0x1234, -32768])
    let int = try read(.int32, bigEndian(Int32.min) + bigEndian(Int32(7)))
    #expect(try int.tensor() == Tensor([Int32.min, 7], shape: [1, 2]))
    let float = try read(.float32, bigEndian(Float(-1.5).bitPattern))
    #expect(try float.tensor() == Tensor([Float(-1.5)], shape: [1, 1]))
    #expect(try float.floats(dividedBy: 2).doubles == [-0.75])
    let double = try read(.float64, bigEndian(Double.pi.bitPattern))
    #expect(try double.tensor() == Tensor([Double.pi], shape: [1, 1]))
    #expect(try double.floats() == Tensor([Float(Double.pi)], shape: [1, 1]))
  }

  @Test func everyRankIsRead() throws {
    for rank in 0...8 {
      let file = try IDXFile(
        bytes: idx(
          .uint8, [Int](repeating: 2, count: rank), [UInt8](repeating: 9, count: 1 << rank)),
        name: "f")
      #expect(file.shape.rank == rank)
      #expect(try file.tensor().count == 1 << rank)
    }
    #expect(try IDXFile(bytes: idx(.float64, [0, 5], []), name: "f").tensor().count == 0)
  }

  @Test func plainAndPackedFilesAreRead() throws {
    let folder = try TemporaryFolder()
    let bytes = idx(.uint8, [3], [1, 2, 3])
    let plain = try IDXFile(path: folder.file("a", bytes)).tensor()
    #expect(try plain == IDXFile(path: folder.file("a.gz", gzip(bytes))).tensor())
  }

  @Test func truncatedAndTooLongFilesAreRefused() {
    let bytes = idx(.int16, [2, 3], [UInt8](repeating: 0, count: 12))
    #expect(
      refusal(Array(bytes.dropLast()))
        == "f: is truncated: int16[2, 3] needs 24 bytes with its header, but the file has 23.")
    #expect(
      refusal(bytes + [0, 0])
        == "f: has bytes after its end: int16[2, 3] needs 24 bytes with its header, but the file "
        + "has 26.")
    #expect(
      refusal(Array(bytes[..<11]))
        == "f: is truncated: the header of 2 axes needs 12 bytes, but the file has 11.")
    #expect(
      refusal([0, 0])
        == "f: is truncated: an IDX file begins with 4 bytes, but this one has 2.")
    #expect(refusal([]).contains("but this one has 0"))
  }

  @Test(
    arguments: [[1, 0, 8, 1], [0, 2, 8, 1], [0, 0, 0x0a, 1], [0x1f, 0x8b, 8, 0]] as [[UInt8]])
  func wrongMagicIsRefused(magic: [UInt8]) {
    let message = refusal(magic + [0, 0, 0, 0])
    #expect(
      message.hasPrefix("f: is not an IDX file: expected it to begin with 00 00, a type (08, 09, "))
    let found = magic.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    #expect(message.hasSuffix("but found \(found)."))
  }

  @Test func hugeShapesAreRefusedBeforeAnythingIsAllocated() {
    let huge = [Int(UInt32.max), Int(UInt32.max), Int(UInt32.max)]
    #expect(
      refusal(idx(.float64, huge, []))
        == "f: claims the shape \(Shape(huge)), which is more than fits in memory, "
        + "but has 16 bytes."
    )
    #expect(refusal(idx(.uint8, [1 << 31], [])).contains("is truncated: uint8[2147483648] needs"))
    #expect(
      refusal([0, 0, 8, 9] + [UInt8](repeating: 0, count: 36))
        == "f: has 9 axes, and no more than 8 are possible.")
  }

  /// A large file of another kind, or with other bytes than its header says, is not read into memory:
  /// this one has a terabyte, all of it a hole.
  @Test func plainFilesAreReadAfterTheirHeader() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", idx(.uint8, [3], [1, 2, 3]))
    truncate(path, 1 << 40)
    #expect(
      failure { _ = try IDXFile(path: path) }.message
        == "\(path): has bytes after its end: uint8[3] needs 11 bytes with its header, but the file "
        + "has 1099511627776.")
    let other = try folder.file("g", Array("PK".utf8))
    truncate(other, 1 << 40)
    #expect(failure { _ = try IDXFile(path: other) }.message.contains("is not an IDX file"))
    let small = try folder.file("h", [0, 0])
    #expect(failure { _ = try IDXFile(path: small) }.message.contains("but this one has 2"))
  }

  /// A file that unpacks to much more than its header says is not unpacked any further.
  @Test func packedFilesEndWhereTheirHeaderSays() throws {
    let folder = try TemporaryFolder()
    let bytes = idx(.uint8, [30, 10], [UInt8](repeating: 7, count: 300))
    #expect(try IDXFile(path: folder.file("whole.gz", gzip(bytes))).tensor().count == 300)
    func refusal(_ bytes: [UInt8]) throws -> TidemillError {
      let path = try folder.file("f.gz", bytes)
      let error = failure { _ = try IDXFile(path: path) }
      return TidemillError(error.code, error.message.replacing(path, with: "f.gz"))
    }
    let bomb = try refusal(gzip(bytes + [UInt8](repeating: 0, count: 1_000_000)))
    #expect(bomb.code == .data)
    #expect(
      bomb.message
        == "f.gz: has bytes after its end: uint8[30, 10] needs 312 bytes with its header, "
        + "but the file has 313 or more.")
    // Unpacked no further: what is corrupt after that is not looked at.
    let cut = gzip(bytes + [UInt8](repeating: 0, count: 1_000_000)).dropLast(8)
    #expect(try refusal(Array(cut)).message.hasSuffix("the file has 313 or more."))
    #expect(
      try refusal(gzip(Array(bytes.dropLast()))).message
        .hasSuffix(
          "is truncated: uint8[30, 10] needs 312 bytes with its header, but the file has 311."))
    var corrupt = gzip(bytes)
    corrupt[corrupt.count - 8] ^= 1
    #expect(try refusal(corrupt).message.contains("is corrupt at byte"))
    let huge = [Int(UInt32.max), Int(UInt32.max), Int(UInt32.max)]
    #expect(
      try refusal(gzip(idx(.float64, huge, [UInt8](repeating: 0, count: 99)))).message
        .hasSuffix("which is more than fits in memory, but has 36 bytes or more."))
  }

  /// Whatever the bytes: an array or an error, no trap.
  @Test func damagedFilesNeverTrap() {
    let bytes = idx(.float32, [2, 2], [UInt8](repeating: 0x3f, count: 16))
    for bytes in damaged(bytes, seed: 4, count: 5_000) {
      let file = try? IDXFile(bytes: bytes, name: "seed 4")
      _ = try? file?.tensor()
      _ = try? file?.floats(dividedBy: 0)
    }
  }
}
