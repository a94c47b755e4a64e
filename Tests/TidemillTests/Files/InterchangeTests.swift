import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Files written here open in Python's safetensors and NumPy, and theirs here: with a Python that has them, and with
/// files that they wrote once.
@Suite struct InterchangeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let metadata = [
    "epoch": "3", "größe \"µ\"": "line\nnext\ttab \\ 🌊", "": "empty name", "nothing": "",
  ]

  /// Those of Goldens/Safetensors/generate.py.
  static func tensors() throws -> [(name: String, tensor: Tensor)] {
    let floats: [Float] = [1.5, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]
    let doubles = [Double.pi, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
    return [
      ("layer.0/weight", try Tensor(floats, shape: [2, 3])),
      ("重み 🌊", try Tensor(doubles)),
      ("größe \"quoted\" \\", try Tensor([Int32.min, Int32.max], shape: [2, 1])),
      ("line\nbreak", try Tensor([Int64.min, Int64.max, 0])),
      ("truths", try Tensor([true, false, true])),
      ("scalar", Tensor(scalar: Float(42.25))),
      ("empty", try Tensor(zeros: [0, 3], .float64)),
      ("empty too", try Tensor(zeros: [2, 0], .bool)),
      ("", try Tensor([Int32(7)])),
    ]
  }

  private func golden(_ name: String) throws -> String {
    try goldenFile("Safetensors/\(name).safetensors", in: .module).path
  }

  /// The description that interchange.py gives of a file.
  private func description(_ file: Safetensors) -> [String] {
    (file.tensors.map { line($0.name, $0.tensor) }
      + file.metadata.map { "text \(digits($0.key.utf8)) \(digits($0.value.utf8))" }).sorted()
  }

  private func line(_ name: String, _ tensor: Tensor) -> String {
    let extents = tensor.shape.dimensions.map(String.init).joined(separator: ",")
    let elements = withExtendedLifetime(tensor.storage) { digits(tensor.storage.bytes) }
    return "tensor \(digits(name.utf8)) \(tensor.dtype) \(extents) \(elements)"
  }

  private func digits(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
  }

  // MARK: Files that were written once

  /// Names in any script, with quotes and line feeds; scalars; tensors without elements; metadata.
  @Test(arguments: ["python", "tidemill"]) func opensTheirs(name: String) throws {
    let read = try Safetensors(path: golden(name))
    let expected = try Safetensors(Self.tensors(), metadata: Self.metadata)
    #expect(description(read) == description(expected))
  }

  /// The bytes that Python's package has read back.
  @Test func writesWhatTheyRead() throws {
    let path = folder("t.safetensors")
    try Safetensors(Self.tensors(), metadata: Self.metadata).write(to: path)
    #expect(try contents(path) == contents(golden("tidemill")))
  }

  /// PyTorch's bfloat16 is read and written, and is what these floats become here, ties and NaN alike.
  @Test func bfloat16OfPyTorch() throws {
    let file = try Safetensors(path: golden("bfloat16"))
    let (floats, theirs) = (try #require(file["float32"]), try #require(file["bfloat16"]))
    #expect(theirs.type == TensorType([40, 100], .bfloat16))
    let ours = try Tensor(bfloat16: floats.floats(), shape: floats.shape)
    for (element, (own, their)) in zip(try ours.floats(), try theirs.floats()).enumerated() {
      #expect(own.bitPattern == their.bitPattern || (own.isNaN && their.isNaN), "\(element)")
    }
    let path = folder("b.safetensors")
    try Safetensors(file.tensors, metadata: file.metadata).write(to: path)
    let again = try Safetensors(path: path)
    #expect(again["bfloat16"]?.hasSameBits(as: theirs) == true)
  }

  @Test(arguments: [
    ("float16", "F16"), ("float8", "F8_E4M3"), ("uint8", "U8"), ("int16", "I16"),
  ])
  func otherTypesAreRefused(name: String, dtype: String) throws {
    let path = try golden("refused-\(name)")
    let error = failure { _ = try Safetensors(path: path) }
    #expect(error.code == .file)
    #expect(
      error.message == "\(path): is no valid safetensors file: tensor 'w' has the dtype \(dtype), "
        + "and only F32, F64, I32, I64, BOOL, BF16 can be read.")
  }

  // MARK: With a Python

  private static let hasLibraries = InstalledPython.has("safetensors.numpy", "numpy")
  private static let needed = InstalledPython.needs("safetensors and numpy")

  /// The lines that Goldens/Safetensors/interchange.py prints.
  private func interchange(_ arguments: [String]) throws -> [String] {
    let script = try goldenFile("Safetensors/interchange.py", in: .module).path
    return try InstalledPython.run(file: script, arguments).split(separator: "\n").map(String.init)
  }

  @Test(.enabled(if: hasLibraries, needed)) func pythonOpensOurs() throws {
    let path = folder("t.safetensors")
    let file = try Safetensors(Self.tensors(), metadata: Self.metadata)
    try file.write(to: path)
    #expect(try interchange(["describe", path]) == description(file))
    for (position, named) in try Self.tensors().enumerated() {
      let path = folder("\(position).npy")
      try NPY(named.tensor).write(to: path)
      #expect(try interchange(["describe", path]) == [line("", named.tensor)])
    }
  }

  @Test(.enabled(if: hasLibraries, needed), arguments: 1...3)
  func opensWhatPythonWrites(seed: Int) throws {
    let expected = try interchange(["write", folder.path, "\(seed)"])
    #expect(expected.count == 27)
    #expect(description(try Safetensors(path: folder("python.safetensors"))) == expected)
  }
}
