import Tidemill

extension FuzzTarget {
  /// IDX files, plain and gzip: the elements are those in the file, and packing changes nothing.
  static let idx = FuzzTarget("idx") { bytes in
    if Gzip.isGzip(bytes) {
      guard let file = try accepted({ try IDXFile(packed: bytes, name: "f") }) else { return }
      let unpacked = try Gzip.decompress(bytes, name: "f")
      try require(try contents(file) == unpacked, "the elements are not those that were packed")
      return
    }
    let plain = try accepted { try IDXFile(bytes: bytes, name: "f") }
    let packed = try accepted { try IDXFile(packed: stored(bytes), name: "f") }
    try require((plain == nil) == (packed == nil), "packing decides whether it is taken")
    guard let plain, let packed else { return }
    for file in [plain, packed] {
      try require(try contents(file) == bytes, "the elements are not those in the file")
    }
    try require(try plain.floats(dividedBy: 255).shape == plain.shape, "floats of another shape")
    for other in [bytes + [0], bytes.dropLast()] {
      let taken = try accepted { try IDXFile(bytes: other, name: "f") }
      try require(taken == nil, "a byte more or less is taken")
    }
  }

  /// The file that a tensor was read from.
  private static func contents(_ file: IDXFile) throws -> [UInt8] {
    let tensor = try file.tensor()
    try require(tensor.shape == file.shape, "\(tensor.type) instead of \(file.shape)")
    var result = [0, 0, file.element.rawValue, UInt8(file.shape.rank)]
    for extent in file.shape.dimensions { result += littleEndian(UInt32(extent)).reversed() }
    try tensor.storage.bytes.withMemoryRebound(to: UInt8.self) { elements in
      let size = tensor.dtype.size
      try require(size >= file.element.size, "\(tensor.dtype) for \(file.element)")
      for start in stride(from: 0, to: elements.count, by: size) {
        result += elements[start..<start + file.element.size].reversed()
      }
    }
    return withExtendedLifetime(tensor) { result }
  }
}
