import TidemillGraph

/// What is in a file of tensors, for JSON. Names of fields are stable; fields may be added.
package struct TensorFileReport: Encodable, Sendable {
  /// The formats that are known.
  package enum Format: String, Encodable, Sendable {
    case safetensors
    case npy
    case npz
  }

  /// One tensor.
  package struct Entry: Encodable, Sendable {
    /// Empty for the tensor of an NPY file, which has no name.
    package let name: String
    package let dtype: String
    package let shape: [Int]
    package let elements: Int
    package let bytes: Int
    /// Where they were asked for.
    package let statistics: TensorStatistics?

    fileprivate init(name: String, type: TensorType, statistics: TensorStatistics?) {
      self.name = name
      dtype = type.dtype.description
      shape = type.shape.dimensions
      elements = type.shape.count
      bytes = type.byteCount
      self.statistics = statistics
    }
  }

  /// A text about the tensors.
  package struct Text: Encodable, Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package let path: String
  package let format: Format
  /// In the order of their places in the file.
  package let tensors: [Entry]
  /// Sorted by name; an array, so that names stay as they are written.
  package let metadata: [Text]
  /// Of all tensors.
  package let elements: Int
  /// Of all tensors.
  package let bytes: Int
  /// Of the file, header included.
  package let fileBytes: Int

  /// Looks at a file, whose format is told by its first bytes.
  ///
  /// Without statistics only headers are read; with them one tensor at a time is in memory. An NPZ file, which is
  /// packed, is read whole.
  ///
  /// - Throws: `file` where the file cannot be read, is in another format, or is damaged.
  package init(path: String, statistics: Bool) throws {
    let reader = try FileReader(path: path)
    self.path = path
    fileBytes = reader.size
    format = try Self.format(of: reader)
    switch format {
    case .npy:
      let type = try NPYHeader(reader).type
      let numbers = statistics ? try TensorStatistics(NPY(reader).tensor) : nil
      tensors = [Entry(name: "", type: type, statistics: numbers)]
      metadata = []
    case .npz:
      tensors = try NPZ(path: path).arrays.map { name, tensor in
        Entry(
          name: name, type: tensor.type, statistics: statistics ? try TensorStatistics(tensor) : nil
        )
      }
      metadata = []
    case .safetensors:
      let header = try SafetensorsHeader(reader)
      tensors = try header.entries.map { entry in
        let numbers = statistics ? try TensorStatistics(header.tensor(entry, reader)) : nil
        return Entry(name: entry.name, type: entry.type, statistics: numbers)
      }
      metadata = header.metadata.sorted { $0.key < $1.key }.map {
        Text(name: $0.key, value: $0.value)
      }
    }
    elements = tensors.reduce(0) { $0 + $1.elements }
    bytes = tensors.reduce(0) { $0 + $1.bytes }
  }

  private static func format(of reader: FileReader) throws -> Format {
    var start = [UInt8](repeating: 0, count: min(reader.size, 9))
    try start.withUnsafeMutableBytes { try reader.read(into: $0, at: 0) }
    if start.starts(with: NPY.magic) || reader.path.hasSuffix(".npy") { return .npy }
    // After the length comes the object of the header.
    if start.last == UInt8(ascii: "{") && start.count == 9 || reader.path.hasSuffix(".safetensors")
    {
      return .safetensors
    }
    if start.starts(with: Array("PK".utf8)) || reader.path.hasSuffix(".npz") { return .npz }
    let known: [(magic: [UInt8], advice: String)] = [
      ([0x1f, 0x8b], "it is packed by gzip; unpack it first"),
      ([0x80], "it looks like a pickle of Python; save its numbers as safetensors"),
      ([0x89] + Array("HDF".utf8), "it is HDF5; save its numbers as safetensors"),
    ]
    let advice = known.first { start.starts(with: $0.magic) }?.advice
    throw TidemillError(
      .file,
      "\(reader.path): is no safetensors, NPY or NPZ file\(advice.map { ": \($0)" } ?? "").")
  }
}
