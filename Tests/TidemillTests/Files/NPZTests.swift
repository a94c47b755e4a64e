import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// A zip archive entry by entry, with any mistake in it: nothing of it is what NPZ writes with.
private struct ZipFixture {
  struct Entry {
    var name = "x.npy"
    var data: [UInt8] = []
    var flags: UInt16 = 0
    var method: UInt16 = 0
    var checksum: UInt32?
    var size: UInt32?
    var packedSize: UInt32?
    var start: UInt32?
    var innerName: String?
    var innerFlags: UInt16?
    var innerMethod: UInt16?
    var disk: UInt16 = 0
    var nameBytes: [UInt8]?
    var extra: [UInt8] = []
  }

  var entries: [Entry]
  var disk: UInt16 = 0
  var startDisk: UInt16 = 0
  var count: UInt16?
  var countHere: UInt16?
  var directoryStart: UInt32?
  var suffix: [UInt8] = []

  var bytes: [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for entry in entries {
      let start = entry.start ?? UInt32(file.count)
      let size =
        littleEndian(entry.packedSize ?? UInt32(entry.data.count))
        + littleEndian(entry.size ?? UInt32(entry.data.count))
      let common =
        [0, 0, 0x21, 0]
        + littleEndian(entry.checksum ?? checksum(entry.data)) + size
      let inner = Array((entry.innerName ?? entry.name).utf8)
      let name = entry.nameBytes ?? Array(entry.name.utf8)
      file +=
        [0x50, 0x4b, 3, 4, 20, 0] + littleEndian(entry.innerFlags ?? entry.flags)
        + littleEndian(entry.innerMethod ?? entry.method) + common
        + littleEndian(UInt16(inner.count)) + [0, 0]
        + inner + entry.data
      directory +=
        [0x50, 0x4b, 1, 2, 20, 0, 20, 0] + littleEndian(entry.flags)
        + littleEndian(entry.method) + common + littleEndian(UInt16(name.count))
        + littleEndian(UInt16(entry.extra.count)) + [0, 0] + littleEndian(entry.disk)
        + [UInt8](repeating: 0, count: 6)
        + littleEndian(start) + name + entry.extra
    }
    let count = littleEndian(count ?? UInt16(entries.count))
    return file + directory + [0x50, 0x4b, 5, 6] + littleEndian(disk) + littleEndian(startDisk)
      + (countHere.map { littleEndian($0) } ?? count) + count
      + littleEndian(UInt32(directory.count))
      + littleEndian(directoryStart ?? UInt32(file.count))
      + littleEndian(UInt16(suffix.count)) + suffix
  }
}

/// Arrays come back as they went, and archives that are damaged or dangerous are refused.
@Suite struct NPZTests {
  private let one: [UInt8]

  init() throws {
    let folder = try TemporaryFolder()
    try NPY(Tensor([Float(1), 2])).write(to: folder("f.npy"))
    one = try contents(folder("f.npy"))
  }

  private func golden(_ name: String) throws -> [UInt8] {
    try contents(goldenFile("NPY/\(name).npz", in: .module).path)
  }

  private func refusal(_ bytes: [UInt8], limit: Int = NPZ.usualLimit) -> String {
    let error = failure { _ = try NPZ(bytes: bytes, name: "f", limit: limit) }
    #expect(error.code == .file)
    return error.message.replacing("f: is no valid NPZ file: ", with: "")
  }

  private func refusal(_ entries: ZipFixture.Entry...) -> String {
    refusal(ZipFixture(entries: entries).bytes)
  }

  /// What NumPy wrote: bytes in `u`, a float32 matrix in `x`, a scalar in `s`.
  @Test(arguments: ["stored", "deflated"])
  func filesOfNumPyAreRead(name: String) throws {
    let file = try NPZ(bytes: golden(name), name: "f")
    #expect(file.arrays.map(\.name) == ["x", "u", "s", "empty"])
    #expect(try file["x"] == Tensor((0..<600).map { Float($0) / 7 }, shape: [20, 30]))
    #expect(try file["u"] == Tensor([Int32(0), 127, 255]))
    #expect(file["s"] == Tensor(scalar: 0.1))
    #expect(try file["empty"] == Tensor(zeros: [0, 2], .float64))
    #expect(file["X"] == nil)
  }

  @Test(arguments: [true, false], [0, 1, 150, 1 << 32 - 1])
  func arraysComeBack(compressed: Bool, large: Int) throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    let noise = (0..<10_000).map { _ in Int64(bitPattern: generator.next()) }
    let arrays = [
      ("größe", try Tensor(noise, shape: [100, 100])), ("", try Tensor([true, false])),
      ("a/b", try Tensor(zeros: [500, 300])), ("none", try Tensor(zeros: [0])),
    ]
    try NPZ(arrays).write(to: folder("f.npz"), compressed: compressed, large: large)
    let read = try NPZ(path: folder("f.npz"))
    #expect(read.arrays.map(\.name) == arrays.map(\.0))
    for ((_, tensor), (_, expected)) in zip(read.arrays, arrays) {
      #expect(tensor.hasSameBits(as: expected))
    }
    let size = try contents(folder("f.npz")).count
    #expect(compressed ? size < 90_000 : size > 680_000)
    try NPZ(arrays).write(to: folder("g.npz"), compressed: compressed, large: large)
    #expect(try contents(folder("f.npz")) == contents(folder("g.npz")), "the same bytes again")
  }

  @Test func anArchiveWithoutEntriesIsEmpty() throws {
    #expect(try NPZ(bytes: ZipFixture(entries: []).bytes, name: "f").arrays.isEmpty)
    let folder = try TemporaryFolder()
    try NPZ([]).write(to: folder("f.npz"))
    #expect(try NPZ(path: folder("f.npz")).arrays.isEmpty)
  }

  @Test func fixturesAndCommentsAreRead() throws {
    let fixture = ZipFixture(
      entries: [.init(data: one)], suffix: Array("PK\u{5}\u{6} in a note is no end".utf8))
    #expect(try NPZ(bytes: fixture.bytes, name: "f")["x"] == Tensor([Float(1), 2]))
  }

  @Test func namesMustDiffer() throws {
    let tensor = Tensor(scalar: Float(1))
    let own = failure { _ = try NPZ([("x", tensor), ("x", tensor)]) }
    #expect(own.message == "Two arrays are called 'x': an NPZ file needs a name for each.")
    #expect(
      refusal(.init(data: one), .init(data: one)) == "two entries are called 'x.npy'.")
    let long = failure { _ = try NPZ([(String(repeating: "x", count: 65_532), tensor)]) }
    #expect(
      long.message
        == "The name of an array has 65532 bytes, and an NPZ file can hold 65531.")
    _ = try NPZ([(String(repeating: "x", count: 65_531), tensor)])
  }

  @Test func entriesThatAreNoArraysAreRefused() {
    #expect(
      refusal(.init(name: "x.txt")) == "'x.txt' is no array: its name does not end in .npy.")
    #expect(
      refusal(.init(data: [1, 2, 3]))
        == "f: x.npy: is no NPY file: it does not begin with the byte 0x93 and NUMPY.")
    #expect(refusal(.init(nameBytes: [0xff, 0x2e])) == "it has an entry whose name is no UTF-8.")
  }

  @Test func pickledObjectsAreRefused() throws {
    #expect(
      try refusal(golden("refused-pickle")).hasPrefix(
        "f: objects.npy: is no valid NPY file: its elements are objects, which Python would unpickle"
      ))
  }

  @Test func encryptionAndOtherMethodsAreRefused() {
    for flags in [1, 0x41, 0x2000] as [UInt16] {
      #expect(refusal(.init(data: one, flags: flags)) == "'x.npy' is encrypted.")
    }
    #expect(
      refusal(.init(data: one, innerFlags: 1)) == "the header of 'x.npy' at byte 0 is damaged.")
    #expect(
      refusal(.init(data: one, innerMethod: 8)) == "the header of 'x.npy' at byte 0 is damaged.")
    #expect(
      refusal(.init(data: one, method: 12))
        == "'x.npy' is packed by method 12, and only 0, stored, and 8, deflate, can be read.")
  }

  @Test func sizesThatDoNotFitAreRefused() {
    let count = UInt32(one.count)
    #expect(
      refusal(.init(data: one, size: count + 1))
        == "'x.npy' is stored as 136 bytes, but should have 137.")
    #expect(
      refusal(.init(data: one, size: 1 << 30, packedSize: 1 << 30))
        == "the header of 'x.npy' at byte 0 is damaged.")
    #expect(
      refusal(.init(data: one, checksum: 1))
        == "'x.npy' is damaged: its checksum is another one.")
    #expect(
      refusal(.init(data: [3, 0], method: 8, size: 1))
        == "'x.npy' is damaged: its 2 bytes do not unpack to 1.")
    #expect(refusal(.init(data: [0xff], method: 8, size: 1)).contains("do not unpack to 1"))
    // Bytes behind the end of the deflate stream.
    #expect(
      refusal(.init(data: [3, 0, 0], method: 8, checksum: 0, size: 0)).contains("do not unpack"))
    #expect(
      refusal(.init(data: one, size: .max)) == "the 64-bit sizes of 'x.npy' are damaged.")
    let negative = littleEndian(UInt16(1)) + littleEndian(UInt16(8)) + littleEndian(UInt64.max)
    #expect(
      refusal(.init(data: one, size: .max, extra: negative))
        == "the 64-bit sizes of 'x.npy' are damaged.")
  }

  /// A file that claims more than the limit is refused before it is unpacked, and one that lies about
  /// its size unpacks no further than it says.
  @Test func bombsAreRefused() throws {
    let folder = try TemporaryFolder()
    try NPZ([("a", Tensor(zeros: [1000])), ("b", Tensor(zeros: [1_000_000]))])
      .write(to: folder("f.npz"), compressed: true)
    let bomb = try contents(folder("f.npz"))
    #expect(bomb.count < 10_000)
    let need = 4_004_000 + 2 * 128
    #expect(try NPZ(bytes: bomb, name: "f", limit: need).arrays.count == 2)
    #expect(
      refusal(bomb, limit: need - 1)
        == "f: unpacks to more than \(need - 1) bytes from \(bomb.count), at 'b.npy': that is not "
        + "read into memory.")
    let error = failure { _ = try NPZ(path: folder("f.npz"), limit: 0) }
    #expect(error.message.contains("unpacks to more than 0 bytes"))
    // A claim that deflate cannot reach is not allocated.
    #expect(
      refusal(.init(data: [3, 0], method: 8, size: 1 << 31)).contains("do not unpack to 2147483648")
    )
  }

  @Test func entriesMustNotOverlap() {
    #expect(
      refusal(.init(name: "x.npy", data: one), .init(name: "y.npy", data: one, start: 0))
        == "the header of 'y.npy' at byte 0 is damaged.")
    // An entry within the bytes of another one.
    let inner = ZipFixture(entries: [.init(name: "y.npy", data: one)]).bytes.prefix(35 + one.count)
    var fixture = ZipFixture(entries: [.init(data: Array(inner)), .init(name: "y.npy", data: one)])
    fixture.entries[1].start = 35
    #expect(refusal(fixture.bytes) == "'x.npy' and 'y.npy' overlap.")
  }

  @Test func directoriesThatDoNotFitAreRefused() {
    func changed(_ change: (inout ZipFixture) -> Void) -> String {
      var fixture = ZipFixture(entries: [.init(data: one)])
      change(&fixture)
      return refusal(fixture.bytes)
    }
    #expect(changed { $0.disk = 1 } == "it is one of several parts.")
    #expect(changed { $0.startDisk = 1 } == "it is one of several parts.")
    #expect(changed { $0.countHere = 0 } == "it is one of several parts.")
    #expect(changed { $0.entries[0].disk = 1 } == "the 64-bit sizes of 'x.npy' are damaged.")
    #expect(changed { $0.count = 0 } == "its directory has more than its 0 entries.")
    #expect(changed { $0.count = 2 }.hasPrefix("its directory should have 2 entries in 51 bytes"))
    #expect(changed { $0.directoryStart = 5 }.hasPrefix("its directory should have 1 entries"))
    #expect(
      changed { $0.entries[0].innerName = "z.npy" }
        == "the header of 'x.npy' at byte 0 is damaged.")
    #expect(changed { $0.entries[0].start = 9_999 }.contains("at byte 9999 is damaged"))
    let whole = ZipFixture(entries: [.init(data: one)]).bytes
    let end = "it has no end of a zip archive, and may be truncated."
    for bytes in [[], Array(whole.dropLast()), whole + [0], Array(whole[..<50])] {
      #expect(refusal(bytes) == end)
    }
    #expect(refusal([1] + whole).hasPrefix("its directory should have 1 entries in 51 bytes"))
  }

  /// More entries than 16 bits can count are counted by 64; both counts there must be the same.
  @Test func manyEntries() throws {
    let folder = try TemporaryFolder()
    let tensor = Tensor(scalar: Float(1))
    try NPZ((0...0xffff).map { ("\($0)", tensor) }).write(to: folder("f.npz"))
    let read = try NPZ(path: folder("f.npz"))
    #expect(read.arrays.count == 65_536 && read.arrays.last?.name == "65535")
    try NPZ([("x", tensor)]).write(to: folder("g.npz"), compressed: false, large: 0)
    var bytes = try contents(folder("g.npz"))
    let end = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4b, 6, 6]) })
    bytes[end + 24] += 1
    #expect(refusal(bytes) == "its 64-bit end is damaged.")
  }

  @Test func aFullDiskKeepsTheOldFile() throws {
    let folder = try TemporaryFolder()
    let file = try NPZ([("x", Tensor(scalar: Float(1)))])
    try file.write(to: folder("f.npz"))
    let old = try contents(folder("f.npz"))
    var calls = FileCalls()
    calls.write = { _, _, _ in
      errno = ENOSPC
      return -1
    }
    let error = failure {
      try file.write(to: folder("f.npz"), compressed: true, large: 0, calls: calls)
    }
    #expect(error.code == .file)
    #expect(try contents(folder("f.npz")) == old)
    #expect(try folder.names == ["f.npz"])
  }

  /// Whatever the bytes: arrays or an error, no trap.
  @Test(arguments: ["stored", "deflated"])
  func damagedFilesNeverTrap(name: String) throws {
    let seed: UInt64 = 41
    var (read, refused) = (0, 0)
    let bytes = try golden(name)
    // The directory and the end are where there is most to get wrong.
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
    for tail in damaged(Array(bytes[place...]), seed: seed, count: 20_000) {
      do {
        _ = try NPZ(bytes: bytes[..<place] + tail, name: "seed \(seed)", limit: 1 << 20)
        read += 1
      } catch is TidemillError { refused += 1 }
    }
    for bytes in damaged(bytes, seed: seed, count: 2_000) {
      do { _ = try NPZ(bytes: bytes, name: "seed \(seed)", limit: 1 << 20) } catch is TidemillError
      {}
    }
    #expect(read > 0 && refused > 0)
  }
}
