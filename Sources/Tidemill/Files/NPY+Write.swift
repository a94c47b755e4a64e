import TidemillGraph

extension NPY {
  /// Writes the file, with the same bytes as NumPy: whole, or not at all and an old one survives.
  ///
  /// - Throws: `file`, with the path and the system's reason; and where the elements are bfloat16, which the format
  ///   has not.
  public func write(to path: String) throws {
    try write(to: path, calls: FileCalls())
  }

  package func write(to path: String, calls: FileCalls) throws {
    try AtomicFile.write(to: path, calls: calls) { writer in
      try header().withUnsafeBytes { try writer.append($0) }
      try withExtendedLifetime(tensor.storage) {
        try writer.append(UnsafeRawBufferPointer(tensor.storage.bytes))
      }
    }
  }

  /// Everything before the elements.
  package func header() throws -> [UInt8] {
    guard let element = Element(tensor.dtype) else {
      throw TidemillError(
        .file,
        "An NPY file cannot hold \(tensor.dtype), which NumPy has not; cast it to float32, or write a safetensors "
          + "file.")
    }
    let extents = tensor.shape.dimensions.map(String.init)
    let shape = extents.joined(separator: ", ") + (extents.count == 1 ? "," : "")
    var text =
      "{'descr': '\(element.rawValue)', 'fortran_order': False, "
      + "'shape': (\(shape)), }"
    // NumPy leaves room for the first extent to grow in place to 21 digits, and never pads by 0.
    if let first = extents.first {
      text += String(repeating: " ", count: 21 - first.utf8.count)
    }
    let start = Self.magic + [1, 0]
    let length = start.count + 2 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - length % 64) + "\n"
    return start + withUnsafeBytes(of: UInt16(text.utf8.count).littleEndian, Array.init) + text.utf8
  }
}
