import Tidemill

extension FuzzTarget {
  /// NPY files: the tensor is written and read again with the same bits.
  static let npy = FuzzTarget("npy") { bytes in
    guard let read = try accepted({ try NPY(bytes: bytes, name: "f") }) else { return }
    let again = try NPY(bytes: read.header() + elements(read.tensor), name: "f")
    try require(again.tensor.hasSameBits(as: read.tensor), "other bits when read again")
    let opened = try NPY(FileReader(bytes, path: "f"))
    try require(opened.tensor.hasSameBits(as: read.tensor), "other bits from an open file")
    try refuses(bytes) { try NPY(bytes: $0, name: "f") }
  }

  /// safetensors files: names, tensors and metadata are written and read again the same.
  static let safetensors = FuzzTarget("safetensors") { bytes in
    guard let read = try accepted({ try Safetensors(FileReader(bytes, path: "f")) }) else { return }
    let again = try Safetensors(FileReader(contents(read), path: "f"))
    try require(
      again.metadata == read.metadata && again.tensors.map(\.name) == read.tensors.map(\.name),
      "other names or texts when read again")
    try require(
      zip(again.tensors, read.tensors).allSatisfy { $0.tensor.hasSameBits(as: $1.tensor) },
      "other bits when read again")
    try refuses(bytes) { try Safetensors(FileReader($0, path: "f")) }
  }

  /// Checkpoints: what was read, if it may be written at all, becomes the same file twice.
  static let checkpoint = FuzzTarget("checkpoint") { bytes in
    guard let read = try accepted({ try Checkpoint(FileReader(bytes, path: "f")) }),
      let written = try accepted({ contents(try read.file(path: "f")) })
    else { return }
    let again = try Checkpoint(FileReader(written, path: "f"))
    try require(contents(try again.file(path: "f")) == written, "another file when read again")
    if let architecture = read.architecture {
      let network = try accepted { try architecture.makeNetwork() }
      try require(network != nil, "a network that cannot be made")
    }
    try refuses(bytes) { try Checkpoint(FileReader($0, path: "f")) }
  }

  private static func contents(_ file: Safetensors) -> [UInt8] {
    let header = file.header()
    return littleEndian(UInt64(header.count)) + header
      + file.tensors.flatMap { elements($0.tensor) }
  }

  private static func elements(_ tensor: Tensor) -> [UInt8] {
    withExtendedLifetime(tensor) { Array(tensor.storage.bytes) }
  }

  /// Proves that a file with a byte more, or one less, is none.
  private static func refuses(_ bytes: [UInt8], _ read: ([UInt8]) throws -> Any) throws {
    for other in [bytes + [0], bytes.dropLast()] {
      try require(try accepted { try read(other) } == nil, "a byte more or less is taken")
    }
  }
}
