import Foundation
import Testing
import Tidemill

@Suite("tidemill inspect")
struct InspectTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file with tensors of every kind.
  private func safetensors() throws -> String {
    let path = folder.path("all.bin")
    try Safetensors(
      [
        ("layer.weight", try Tensor([Float(1), -2, .nan, .infinity, 4, 5], shape: [2, 3])),
        ("bias\n\u{1B}[31m", try Tensor([Int64.max, 0, 1])),
        ("none", try Tensor(zeros: [0, 7], .float64)),
        ("nan", Tensor(scalar: Double.nan)),
        ("large", try Tensor([Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])),
        ("truths", try Tensor([true, false, true, true])),
      ], metadata: ["madeBy": "a test", "A key": "with\ttab"]
    ).write(to: path)
    return path
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  @Test("Names, types, shapes, sizes, texts and totals of safetensors, as a table")
  func table() throws {
    let outcome = try CommandLineTool.run(["inspect", try safetensors()])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.replacing(#/in a file of .*, /#, with: "in a file, ") == """
        tensor               type     shape   size
        layer.weight         float32  [2, 3]  24 B
        bias\\u{a}\\u{1b}[31m  int64    [3]     24 B
        none                 float64  [0, 7]   0 B
        nan                  float64  []       8 B
        large                float64  [2]     16 B
        truths               bool     [4]      4 B

        A key: with\\u{9}tab
        madeBy: a test
        6 tensors, 16 elements, 76 B in a file, safetensors

        """)
  }

  @Test("Statistics are of finite elements, and the others are counted")
  func statistics() throws {
    let outcome = try CommandLineTool.run(["inspect", try safetensors(), "--statistics"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let cells = outcome.lines.map { $0.split(separator: #/\s\s+/#).map(String.init) }
    #expect(cells[0] == ["tensor", "type", "shape", "min", "max", "mean", "non-finite"])
    #expect(cells[1].suffix(4) == ["-2", "5", "2", "2"])
    #expect(cells[2].suffix(4) == ["0", "9.223e+18", "3.074e+18", "0"])
    #expect(cells[3].suffix(4) == ["-", "-", "-", "0"])
    #expect(cells[4].suffix(4) == ["-", "-", "-", "1"])
    #expect(cells[5].suffix(4) == ["1.798e+308", "1.798e+308", "1.798e+308", "0"])
    #expect(cells[6].suffix(4) == ["0", "1", "0.75", "0"])
  }

  @Test("JSON has the same, names as they are in the file")
  func json() throws {
    let path = try safetensors()
    let outcome = try CommandLineTool.run([
      "inspect", path, "--statistics", "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json(as: [String: Any].self)
    #expect(report["path"] as? String == path)
    #expect(report["format"] as? String == "safetensors")
    #expect(report["elements"] as? Int == 16)
    #expect(report["bytes"] as? Int == 76)
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(report["file_bytes"] as? Int == size)
    #expect(
      report["metadata"] as? [[String: String]] == [
        ["name": "A key", "value": "with\ttab"], ["name": "madeBy", "value": "a test"],
      ])
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    #expect(
      tensors.map { $0["name"] as? String } == [
        "layer.weight", "bias\n\u{1B}[31m", "none", "nan", "large", "truths",
      ])
    let weight = tensors[0]
    #expect(weight["dtype"] as? String == "float32" && weight["shape"] as? [Int] == [2, 3])
    #expect(weight["elements"] as? Int == 6 && weight["bytes"] as? Int == 24)
    let numbers = try #require(weight["statistics"] as? [String: Double])
    #expect(numbers == ["min": -2, "max": 5, "mean": 2, "non_finite": 2])
    #expect(tensors[3]["statistics"] as? [String: Double] == ["non_finite": 1])

    let plain = try CommandLineTool.run(["inspect", path, "--format", "json"])
    let first = try #require(plain.json(as: [String: Any].self)["tensors"] as? [[String: Any]])[0]
    #expect(first["statistics"] == nil)
  }

  @Test("NPY is told by its first bytes")
  func npy() throws {
    let path = folder.path("weight")
    try NPY(Tensor([Int32(3), -4, 7], shape: [3, 1])).write(to: path)
    let outcome = try CommandLineTool.run(["inspect", path, "--statistics"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output == """
        tensor  type   shape   min  max  mean  non-finite
        -       int32  [3, 1]   -4    7     2           0

        1 tensor, 3 elements, 12 B in a file of 140 B, npy

        """)
  }

  @Test("No text of a file makes a line longer than 80 columns")
  func width() throws {
    let path = folder.path("long.safetensors")
    let long = String(repeating: "long.", count: 50)
    try Safetensors(
      [
        ("first" + long + "last", try Tensor([Float(-0.0012345), 1, 2, 3], shape: [2, 2])),
        ("optimizer.0.weight.momentum", try Tensor(zeros: [1024, 784])),
      ], metadata: [long: "x", "text": long]
    ).write(to: path)
    for options in [[], ["--statistics"]] {
      let outcome = try CommandLineTool.run(["inspect", path] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
      #expect(outcome.lines[1].hasPrefix("first") && outcome.lines[1].contains("last  float32"))
    }
  }

  @Test("A safetensors file without tensors, and one with a megabyte of zeros after its header")
  func headersOnly() throws {
    let path = folder.path("f.safetensors")
    try Safetensors([]).write(to: path)
    let none = try CommandLineTool.run(["inspect", path])
    #expect(none.lines.last == "0 tensors, 0 elements, 0 B in a file of 16 B, safetensors")
    try Safetensors([("w", Tensor(zeros: [512, 512]))]).write(to: path)
    let large = try CommandLineTool.run(["inspect", path])
    #expect(
      large.lines.last
        == "1 tensor, 262,144 elements, 1 MiB in a file of 1 MiB, safetensors")
  }

  @Test(
    "Arrays of an NPZ file are a table like any other, packed or not", arguments: [true, false])
  func archives(compressed: Bool) throws {
    let path = folder.path("f")
    try NPZ([
      ("x", Tensor([Float(1), -3, .nan, 2], shape: [2, 2])), ("y", Tensor([Int64(7), 5])),
    ]).write(to: path, compressed: compressed)
    let outcome = try CommandLineTool.run(["inspect", path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.replacing(#/in a file of .*, /#, with: "in a file, ") == """
        tensor  type     shape   size
        x       float32  [2, 2]  16 B
        y       int64    [2]     16 B

        2 tensors, 6 elements, 32 B in a file, npz

        """)
    let numbers = try CommandLineTool.run(["inspect", path, "--statistics"])
    let cells = numbers.lines[1].split(separator: #/\s\s+/#).map(String.init)
    #expect(cells == ["x", "float32", "[2, 2]", "-3", "2", "0", "1"])
  }

  @Test(
    "Other files are refused with a sentence",
    arguments: [
      ("f", [], ": is no safetensors, NPY or NPZ file."),
      ("f.txt", Array("some text".utf8), ": is no safetensors, NPY or NPZ file."),
      ("f.pt", [0x50, 0x4b, 3, 4, 0], "is no valid NPZ file: "),
      ("f.gz", [0x1f, 0x8b, 8], "or NPZ file: it is packed by gzip; unpack it first."),
      ("f.pt", [0x80, 2, 0x63], "or NPZ file: it looks like a pickle of Python; "),
      ("f.h5", [0x89] + Array("HDF".utf8), "or NPZ file: it is HDF5; "),
      ("f.npy", [1], ": is no NPY file: it does not begin with the byte 0x93 and NUMPY."),
      ("f", [0x93] + Array("NUMPY".utf8), ": is no valid NPY file: is truncated: it ends in its "),
      ("f.safetensors", [1, 2], ": is truncated: a safetensors file begins with 8 bytes, but "),
      ("f", [5, 0, 0, 0, 0, 0, 0, 0, 0x7b], ": is truncated or no safetensors file: it claims a "),
    ] as [(String, [UInt8], String)])
  func others(name: String, bytes: [UInt8], message: String) throws {
    let path = try write(bytes, name)
    for options in [[], ["--statistics", "--format", "json"]] {
      let outcome = try CommandLineTool.run(["inspect", path] + options)
      #expect(outcome.status == 1)
      #expect(outcome.output == "")
      #expect(outcome.errors.hasPrefix("error: \(path): is "), "\(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("Files that cannot be read are named")
  func unreadable() throws {
    let missing = try CommandLineTool.run(["inspect", "/nonexistent/f"])
    #expect(missing.status == 1)
    #expect(
      missing.errors == "error: /nonexistent/f: cannot be opened: No such file or directory.\n")
    let device = try CommandLineTool.run(["inspect", "/dev/null"])
    #expect(device.errors == "error: /dev/null: cannot be read: it is no regular file.\n")
    let none = try CommandLineTool.run(["inspect"])
    #expect(none.status == 2)
  }
}
