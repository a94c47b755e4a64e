import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// A file of this header and this data.
private func npy(
  _ header: String, data: [UInt8] = [], version: [UInt8] = [1, 0], length: Int? = nil
) -> [UInt8] {
  let length = length ?? header.utf8.count
  return NPY.magic + version
    + (version[0] == 1
      ? littleEndian(UInt16(truncatingIfNeeded: length))
      : littleEndian(UInt32(truncatingIfNeeded: length))) + header.utf8 + data
}

private func header(_ descr: String, _ shape: String, order: String = "False") -> String {
  "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }"
}

/// Tensors come back as they went, the bytes are NumPy's, and bad files are refused.
@Suite struct NPYTests {
  /// The numbers of Goldens/generate.py.
  private static let tensors: [String: Tensor] = {
    let count = 0..<24
    let all = [
      try? Tensor(count.map { Float($0) / 2 - 3 }), try? Tensor(count.map { Double($0) / 3 }),
      try? Tensor(count.map { Int32($0 - 12) * 100_000_000 }),
      try? Tensor(count.map { Int64($0 - 12) * 100_000_000_000_000_000 }),
      try? Tensor(count.map { $0 % 3 == 0 }),
    ]
    return Dictionary(uniqueKeysWithValues: all.compactMap(\.self).map { ("\($0.dtype)", $0) })
  }()

  private func golden(_ name: String) throws -> String {
    try goldenFile("NPY/\(name).npy", in: .module).path
  }

  private func tensor(_ dtype: String, _ shape: Shape) throws -> Tensor {
    try #require(Self.tensors[dtype]).reshaped(to: shape)
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    let error = failure { _ = try NPY(bytes: bytes, name: "f") }
    #expect(error.code == .file)
    let start = "f: is no valid NPY file: "
    #expect(error.message.hasPrefix(start))
    return String(error.message.dropFirst(start.count))
  }

  @Test(arguments: DType.all.filter { !$0.isStorageOnly }.map(\.description), ["c", "fortran"])
  func everyTypeOfNumPyIsRead(dtype: String, order: String) throws {
    let expected = try tensor(dtype, [2, 3, 4])
    let path = try golden("\(dtype)-\(order)")
    #expect(try NPY(path: path).tensor.hasSameBits(as: expected))
    #expect(try NPY(bytes: contents(path), name: "f").tensor.hasSameBits(as: expected))
  }

  @Test(arguments: [
    ("float32-2.0", [4, 6]), ("float32-3.0", [4, 6]), ("vector", [24]),
    ("eight-axes", [1, 2, 1, 3, 1, 2, 2, 1]),
  ])
  func versionsAndShapesOfNumPyAreRead(name: String, shape: [Int]) throws {
    let read = try NPY(path: golden(name)).tensor
    #expect(try read.hasSameBits(as: tensor("float32", Shape(shape))))
  }

  @Test func scalarsEmptyAndSpecialArraysOfNumPyAreRead() throws {
    #expect(try NPY(path: golden("scalar")).tensor == Tensor(scalar: Float(-0.5)))
    #expect(try NPY(path: golden("empty")).tensor == Tensor(zeros: [0, 3]))
    let special = try NPY(path: golden("special")).tensor.scalars(as: Float.self)
    #expect(special[0].isNaN && special[1] == .infinity && special[2] == -.infinity)
    #expect(special[3] == 0 && special[3].sign == .minus)
    #expect(special[4] == .leastNonzeroMagnitude)
  }

  @Test(arguments: [
    "float32-c", "float64-c", "int32-c", "int64-c", "bool-c", "scalar", "vector", "empty",
    "eight-axes", "special",
  ])
  func bytesAreThoseOfNumPy(name: String) throws {
    let folder = try TemporaryFolder()
    let path = try golden(name)
    try NPY(NPY(path: path).tensor).write(to: folder("f.npy"))
    #expect(try contents(folder("f.npy")) == contents(path))
  }

  @Test(arguments: [
    ("big-endian", "its elements '>f4' are big-endian, and only little-endian ones can be read"),
    (
      "complex",
      "its elements are '<c8', and only '|b1', '|u1', '|i1', '<u2', '<i2', '<u4', '<i4', '<i8', "
        + "'<f2', '<f4', '<f8' can be read."
    ),
    ("uint64", "its elements are '<u8', and only "),
    ("records", "its elements are records of several fields"),
    ("objects", "its elements are objects, which Python would unpickle by running what the file "),
  ])
  func otherTypesOfNumPyAreRefused(name: String, message: String) throws {
    let found = try refusal(contents(golden("refused-\(name)")))
    #expect(found.hasPrefix(message), "\(found)")
  }

  @Test(arguments: [
    ("uint8", 0, 255, DType.int32), ("int8", -128, 127, .int32), ("uint16", 0, 65535, .int32),
    ("int16", -32768, 32767, .int32), ("uint32", 0, 4_294_967_295, .int64),
  ])
  func smallIntegersOfNumPyBecomeWider(
    name: String, least: Double, largest: Double, dtype: DType
  ) throws {
    let read = try NPY(path: golden("wider-\(name)")).tensor
    #expect(read.type == TensorType([2, 3], dtype))
    #expect(read.doubles == [least, 1, 2, 3, 4, largest])
    var bytes = try contents(golden("wider-\(name)"))
    bytes.removeLast()
    #expect(refusal(bytes).hasPrefix("is truncated: \(name)[2, 3] needs "))
  }

  @Test func halfPrecisionOfNumPyBecomesSingle() throws {
    let read = try NPY(path: golden("wider-float16")).tensor.scalars(as: Float.self)
    #expect(read.prefix(4) == [-0.5, 65504, 0x1p-24, .infinity] && read[4].isNaN)
  }

  /// A header by hand, of which NumPy would make the same: quotes, order, spaces, commas.
  @Test func headersOfOtherWritersAreRead() throws {
    let text = "{\"shape\":(2,3),\n\t'fortran_order' :True , \"descr\":'|b1'}   \n"
    let read = try NPY(bytes: npy(text, data: [1, 0, 0, 1, 1, 1], version: [3, 0]), name: "f")
    #expect(try read.tensor == Tensor([true, false, true, false, true, true], shape: [2, 3]))
  }

  @Test func truncatedAndTooLongFilesAreRefused() {
    let bytes = npy(header("'<f4'", "(2, 3)"), data: [UInt8](repeating: 0, count: 24))
    #expect(
      refusal(bytes.dropLast())
        == "is truncated: float32[2, 3] needs 24 bytes, but 23 follow the header.")
    #expect(
      refusal(bytes + [0])
        == "has bytes after its end: float32[2, 3] needs 24 bytes, but 25 follow the header.")
    #expect(
      refusal(Array(bytes[..<60]))
        == "is truncated: its header ends at byte 69, but the file has 60."
    )
    #expect(refusal(Array(bytes[..<9])) == "is truncated: it ends in the length of its header.")
    #expect(refusal(Array(bytes[..<7])) == "is truncated: it ends in its version.")
    for short in [[], Array(bytes[..<5]), Array("PK".utf8)] {
      #expect(
        failure { _ = try NPY(bytes: short, name: "f") }.message
          == "f: is no NPY file: it does not begin with the byte 0x93 and NUMPY.")
    }
  }

  @Test func versionsAndLengthsThatAreNotPossibleAreRefused() {
    let text = header("'<f4'", "(0,)")
    #expect(
      refusal(npy(text, version: [4, 0]))
        == "its version is 4.0, and only 1.0, 2.0 and 3.0 can be read.")
    #expect(refusal(npy(text, version: [1, 1])).hasPrefix("its version is 1.1, "))
    #expect(refusal(npy(text, version: [0, 0])).hasPrefix("its version is 0.0, "))
    let long = text + String(repeating: " ", count: 10_000 - text.utf8.count)
    #expect(throws: Never.self) { try NPY(bytes: npy(long), name: "f") }
    #expect(
      refusal(npy(long + " ")) == "it claims a header of 10001 bytes, and 10000 are possible.")
    #expect(
      refusal(npy(text, version: [2, 0], length: Int(UInt32.max)))
        == "it claims a header of 4294967295 bytes, and 10000 are possible.")
  }

  @Test(arguments: [
    ("", "expected '{' at byte 0"),
    ("{}", "its header has no 'descr'"),
    ("{'descr': '<f4'}", "its header has no 'fortran_order'"),
    ("{'descr': '<f4', 'fortran_order': True}", "its header has no 'shape'"),
    ("{'descr': '<f4', 'descr': '<f4'}", "its header has 'descr' twice"),
    (
      "{'more': 1}",
      "expected descr, fortran_order or shape, each once, as the name of a member at byte 8"
    ),
    ("{descr: 1}", "expected the name of a member in quotes at byte 1"),
    ("{'descr", "expected the name of a member in quotes, without escapes at byte 1"),
    ("{'descr' '<f4'}", "expected ':' at byte 9"),
    ("{'descr': '<f\\x34'}", "expected an element type in quotes, without escapes at byte 10"),
    ("{'descr': 4}", "expected an element type in quotes at byte 10"),
    ("{'fortran_order': 1}", "expected True or False at byte 18"),
    ("{'fortran_order': Falsey}", "expected True or False at byte 18"),
    ("{'shape': [2]}", "expected '(' at byte 10"),
    ("{'shape': (2)}", "expected ',' at byte 12"),
    ("{'shape': (-2,)}", "expected an extent at byte 11"),
    ("{'shape': (2L,)}", "expected ',' at byte 12"),
    ("{'shape': (02,)}", "expected an extent without zeros before it at byte 11"),
    ("{'shape': (2,,)}", "expected an extent at byte 13"),
    ("{'shape': (9223372036854775808,)}", "expected an extent below 2^63 at byte 11"),
    ("{'shape': (2, 3}", "expected ')' at byte 15"),
    ("{'shape': (2,) 'descr': '<f4'}", "expected '}' at byte 15"),
    (header("'<f4'", "(0,)") + ".", "expected nothing after the dictionary at byte 57"),
    (
      header("'<f4'", "(4294967296, 4294967296)"), "it has the shape [4294967296, 4294967296], and "
    ),
    (header("'<f4'", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "it has 9 axes, and 8 are possible."),
    (header("'<f8'", "(4398046511104,)"), "is truncated: float64[4398046511104] needs 35184372088"),
    (header("'O'", "(0,)"), "its elements are objects"),
    (header("''", "(0,)"), "its elements are '', and only"),
  ])
  func badHeadersAreRefused(header: String, expected: String) {
    let message = refusal(npy(header))
    #expect(message.contains(expected), "\(message)")
  }

  @Test func otherBytesAreNoTruthValues() {
    #expect(
      refusal(npy(header("'|b1'", "(2,)"), data: [1, 2]))
        == "its elements are bool, but one is the byte 2, not 0 or 1.")
  }

  @Test func bfloat16IsNotInTheFormat() throws {
    let folder = try TemporaryFolder()
    let path = folder("b.npy")
    let tensor = try Tensor(bfloat16: [1, 2])
    let message =
      "An NPY file cannot hold bfloat16, which NumPy has not; cast it to float32, or write a safetensors file."
    let single = failure { try NPY(tensor).write(to: path) }
    #expect(single.code == .file && single.message == message)
    let archive = failure { try NPZ([("a", tensor)]).write(to: path) }
    #expect(archive.code == .file && archive.message == message)
    #expect(try folder.names.isEmpty)
  }

  @Test func aFullDiskKeepsTheOldFile() throws {
    let folder = try TemporaryFolder()
    let path = folder("f.npy")
    try NPY(Tensor(scalar: Float(1))).write(to: path)
    let old = try contents(path)
    let full = FileCalls(write: { _, _, _ in
      errno = ENOSPC
      return -1
    })
    let error = failure { try NPY(Tensor(scalar: Float(2))).write(to: path, calls: full) }
    #expect(
      error.message == "\(path): cannot be written: No space left on device. "
        + "A file that was there is unchanged.")
    #expect(try contents(path) == old)
    #expect(try folder.names == ["f.npy"])
  }

  @Test func filesThatAreNotThereAreNamed() {
    let error = failure { _ = try NPY(path: "/nonexistent/f.npy") }
    #expect(error.message == "/nonexistent/f.npy: cannot be opened: No such file or directory.")
  }

  /// Whatever the bytes: a tensor or an error, no trap.
  @Test(arguments: ["float32-fortran", "bool-fortran", "int64-c", "float32-2.0", "float32-3.0"])
  func damagedFilesNeverTrap(name: String) throws {
    let seed: UInt64 = 11
    var (read, refused) = (0, 0)
    for bytes in damaged(try contents(golden(name)), seed: seed, count: 10_000) {
      do {
        let tensor = try NPY(bytes: bytes, name: "seed \(seed)").tensor
        #expect(tensor.storage.byteCount == tensor.type.byteCount)
        read += 1
      } catch is TidemillError { refused += 1 }
    }
    #expect(read > 0 && refused > 0)
  }

  /// The same of the header alone, where there is more to get wrong than in the elements.
  @Test func damagedHeadersNeverTrap() {
    let seed: UInt64 = 12
    let text = header("'<f4'", "(2, 3)", order: "True")
    for damage in damaged(Array(text.utf8), seed: seed, count: 50_000) {
      let length = littleEndian(UInt16(damage.count))
      let bytes = NPY.magic + [1, 0] + length + damage + [UInt8](repeating: 1, count: 24)
      do { _ = try NPY(bytes: bytes, name: "seed \(seed)") } catch is TidemillError {
      } catch { Issue.record(error) }
    }
  }
}
