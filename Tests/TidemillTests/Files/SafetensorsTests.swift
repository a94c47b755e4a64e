import Foundation
import Testing
import Tidemill

/// Tensors come back as they went, the bytes are those of the format, and bad files are refused.
@Suite struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file of this header and this data.
  func file(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
    let text = Array(header.utf8)
    let bytes =
      littleEndian(length ?? UInt64(text.count)) + text + [UInt8](repeating: 7, count: data)
    return try folder.file("f.safetensors", bytes)
  }

  func refusal(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
    let path = try file(header, data: data, length: length)
    let error = failure { _ = try Safetensors(path: path) }
    #expect(error.code == .file)
    #expect(error.message.hasPrefix("\(path): "))
    return String(error.message.dropFirst(path.count + 2))
  }

  @Test func everyTypeComesBack() throws {
    let tensors: [(name: String, tensor: Tensor)] = [
      ("b", try Tensor([Float(1.5), -0, .nan, .infinity, 5, 6], shape: [2, 3])),
      ("a", Tensor(scalar: Double.pi)),
      ("truths", try Tensor([true, false, true])),
      ("ints", try Tensor([Int32.min, Int32.max])),
      ("longs \"quoted\" é", try Tensor([Int64.min, Int64.max], shape: [1, 2, 1])),
      ("empty", try Tensor(zeros: [0, 4])),
    ]
    let path = folder("all.safetensors")
    try Safetensors(tensors, metadata: ["epoch": "3", "a": "b"]).write(to: path)
    let read = try Safetensors(path: path)
    #expect(read.tensors.map(\.name) == tensors.map(\.name))
    for (name, tensor) in tensors {
      #expect(read[name]?.hasSameBits(as: tensor) == true, "\(name)")
    }
    #expect(read["none"] == nil)
    #expect(read.metadata == ["epoch": "3", "a": "b"])
  }

  @Test func bytesAreThoseOfTheFormat() throws {
    let path = folder("f.safetensors")
    try Safetensors([("w", try Tensor([Float(1), 2]))]).write(to: path)
    let bytes = try contents(path)
    let text = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let padded = text + String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
    #expect(
      bytes == littleEndian(UInt64(padded.utf8.count)) + padded.utf8 + [
        0, 0, 0x80, 0x3f, 0, 0, 0, 0x40,
      ])
  }

  @Test func noTensorsAreAFileToo() throws {
    let path = folder("none.safetensors")
    try Safetensors([]).write(to: path)
    #expect(try Safetensors(path: path).tensors.isEmpty)
  }

  @Test func namesMustDiffer() {
    let one = Tensor(scalar: Float(1))
    let twice = failure { _ = try Safetensors([("w", one), ("w", one)]) }
    #expect(
      twice.message == "Two tensors are called 'w': a safetensors file needs a name for each.")
    let reserved = failure { _ = try Safetensors([("__metadata__", one)]) }
    #expect(reserved.message.contains("cannot be called __metadata__"))
  }

  @Test func aFullDiskKeepsTheOldFile() throws {
    let path = folder("f.safetensors")
    try Safetensors([("w", Tensor(scalar: Float(1)))]).write(to: path)
    let old = try contents(path)
    let full = FileCalls(write: { descriptor, bytes, count in
      guard lseek(descriptor, 0, SEEK_CUR) == 0 else {
        errno = ENOSPC
        return -1
      }
      return write(descriptor, bytes, count)
    })
    let new = try Safetensors([("w", Tensor(scalar: Float(2)))])
    let error = failure { try new.write(to: path, calls: full) }
    #expect(
      error.message == "\(path): cannot be written: No space left on device. "
        + "A file that was there is unchanged.")
    #expect(try contents(path) == old)
    #expect(try folder.names == ["f.safetensors"])
  }

  @Test func truncatedFilesSayHowMuchIsMissing() throws {
    let short = try folder.file("s", [1, 2, 3])
    let error = failure { _ = try Safetensors(path: short) }
    #expect(
      error.message == "\(short): is truncated: a safetensors file begins with 8 bytes, but this "
        + "one has 3.")
    #expect(
      try refusal("{}", length: 100)
        == "is truncated or no safetensors file: it claims a header of 100 bytes, but has only 2 "
        + "more.")
    #expect(
      try refusal("{}", length: .max)
        == "is no safetensors file: it claims a header of 18446744073709551615 bytes, and 100000000 "
        + "are possible.")
    #expect(
      try refusal(#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 7)
        == "is no valid safetensors file: is truncated: its tensors need 8 bytes, but 7 are there.")
  }

  @Test func errorsAreShortWhateverTheFileSays() throws {
    let ones = "1" + String(repeating: ",1", count: 200_000)
    #expect(
      try refusal(#"{"w":{"dtype":"F32","shape":[\#(ones)]}}"#)
        == "is no valid safetensors file: tensor 'w' has 200001 axes, and 8 are possible.")
    // Marks make one character of any length.
    for name in ["x", "\u{301}", "\u{1b}"] {
      let long = JSONValue.quoted(String(repeating: name, count: 200_000))
      for header in [
        #"{\#(long):1}"#, #"{"w":{"dtype":\#(long)}}"#, #"{"__metadata__":{\#(long):1}}"#,
        #"{\#(long):{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      ] {
        let message = try refusal(header)
        #expect(message.utf8.count < 800 && !message.contains("\u{1b}"), "\(message.prefix(900))")
      }
    }
  }

  @Test(arguments: [
    ("[]", 0, "its header is no JSON object"),
    ("{", 0, "its header: is no JSON: expected the name of a member at byte 1"),
    (#"{"w":1}"#, 0, "tensor 'w' is no object"),
    (#"{"__metadata__":{"a":1}}"#, 0, "its metadata 'a' is no string"),
    (#"{"__metadata__":[]}"#, 0, "its metadata is no object"),
    (#"{"w":{}}"#, 0, "tensor 'w' has no dtype"),
    (
      #"{"w":{"dtype":"F16"}}"#, 0,
      "tensor 'w' has the dtype F16, and only F32, F64, I32, I64, BOOL, BF16 can be read"
    ),
    (#"{"w":{"dtype":"F32","shape":[-1]}}"#, 0, "tensor 'w' has no shape of whole numbers"),
    (
      #"{"w":{"dtype":"F32","shape":[4294967296,4294967296]}}"#, 0,
      "tensor 'w' has the shape [4294967296, 4294967296], and at most 2^46 bytes"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4,
      "tensor 'w' has no data_offsets of a begin and an end"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4,
      "tensor 'w' is float32[2], which is 8 bytes, but its data_offsets [0, 4] are 4"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{}}"#, 4,
      "the name 'w' is there twice"
    ),
    (
      #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12,
      "tensor 'w' begins at 4 and overlaps the one before, which ends at 8"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
      "tensor 'w' begins at 4 and leaves a hole, which ends at 0"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 9,
      "has 5 bytes after its last tensor"
    ),
    (
      #"{"w":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, 1,
      "tensor 'w' is BOOL, but holds the byte 7, not 0 or 1"
    ),
  ])
  func badHeadersAreRefused(header: String, data: Int, expected: String) throws {
    let message = try refusal(header, data: data)
    #expect(message.contains(expected), "\(message)")
  }

  /// Whatever the bytes: tensors or an error, no trap.
  @Test func damagedFilesNeverTrap() throws {
    let path = folder("f.safetensors")
    try Safetensors(
      [("w", try Tensor([Float(1), 2])), ("b", try Tensor([true]))], metadata: ["a": "é"]
    ).write(to: path)
    for bytes in damaged(try contents(path), seed: 2, count: 1_000) {
      let damagedPath = try folder.file("damaged", bytes)
      do { _ = try Safetensors(path: damagedPath) } catch is TidemillError {}
    }
  }
}
