import TidemillGraph

extension Safetensors {
  /// Reads a file.
  ///
  /// - Throws: `file` where the file cannot be read, is truncated, is not in the format, or has
  ///   tensors of other types than F32, F64, I32, I64, BOOL and BF16; the error names path, tensor and
  ///   what is wrong.
  public init(path: String) throws {
    try self.init(FileReader(path: path))
  }

  /// Reads an open file.
  package init(_ reader: FileReader) throws {
    let header = try SafetensorsHeader(reader)
    let tensors = try header.entries.map { (name: $0.name, tensor: try header.tensor($0, reader)) }
    self.init(checkedTensors: tensors, metadata: header.metadata)
  }

  private init(checkedTensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
    tensors = checkedTensors
    self.metadata = metadata
  }
}

/// The header of a file, checked: the entries cover the data without holes or overlaps.
package struct SafetensorsHeader {
  /// What it says of a tensor.
  package struct Entry {
    package let name: String
    package let type: TensorType
    let begin: Int
    let end: Int
  }

  let path: String
  let dataStart: Int
  /// In the order of their places in the file.
  package private(set) var entries: [Entry] = []
  package private(set) var metadata: [String: String] = [:]

  /// Reads a header, and nothing after it.
  ///
  /// - Throws: `file`, as ``Safetensors/init(path:)``.
  package init(_ reader: FileReader) throws {
    path = reader.path
    let length = try Self.length(reader)
    dataStart = 8 + length
    var text = [UInt8](repeating: 0, count: length)
    try text.withUnsafeMutableBytes { try reader.read(into: $0, at: 8) }
    guard case .object(let members) = try JSONValue(parsing: text, name: "\(path): its header")
    else { throw failure("its header is no JSON object") }
    for member in members {
      if member.name == Safetensors.metadataName {
        metadata = try texts(member.value)
      } else {
        entries.append(try entry(member.name, member.value))
      }
    }
    try checkPlaces(dataLength: reader.size - dataStart)
  }

  /// Reads one tensor.
  ///
  /// - Throws: `file`, as ``Safetensors/init(path:)``.
  package func tensor(_ entry: Entry, _ reader: FileReader) throws -> Tensor {
    let storage = try TensorStorage(byteCount: entry.end - entry.begin)
    try reader.read(into: storage.bytes, at: dataStart + entry.begin)
    // Any other byte read as a Bool would be undefined behaviour.
    if entry.type.dtype == .bool, let byte = storage.bytes.first(where: { $0 > 1 }) {
      throw TidemillError(
        .file,
        "\(path): tensor '\(entry.name.printable())' is BOOL, but holds the byte \(byte), not 0 or "
          + "1.")
    }
    return Tensor(type: entry.type, storage: storage)
  }

  private static func length(_ reader: FileReader) throws -> Int {
    guard reader.size >= 8 else {
      throw TidemillError(
        .file,
        "\(reader.path): is truncated: a safetensors file begins with 8 bytes, but this one has "
          + "\(reader.size).")
    }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { try reader.read(into: $0, at: 0) }
    length = UInt64(littleEndian: length)
    guard length <= UInt64(Safetensors.maximumHeaderLength) else {
      throw TidemillError(
        .file,
        "\(reader.path): is no safetensors file: it claims a header of \(length) bytes, and "
          + "\(Safetensors.maximumHeaderLength) are possible.")
    }
    guard length <= UInt64(reader.size - 8) else {
      throw TidemillError(
        .file,
        "\(reader.path): is truncated or no safetensors file: it claims a header of \(length) "
          + "bytes, but has only \(reader.size - 8) more.")
    }
    return Int(length)
  }

  private func texts(_ value: JSONValue) throws -> [String: String] {
    guard case .object(let members) = value else { throw failure("its metadata is no object") }
    var result: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw failure("its metadata '\(member.name.printable())' is no string")
      }
      result[member.name] = text
    }
    return result
  }

  private func entry(_ name: String, _ value: JSONValue) throws -> Entry {
    let tensor = "tensor '\(name.printable())'"
    guard case .object(let members) = value else { throw failure("\(tensor) is no object") }
    var fields: [String: JSONValue] = [:]
    for member in members { fields[member.name] = member.value }
    guard case .string(let typeName)? = fields["dtype"] else {
      throw failure("\(tensor) has no dtype")
    }
    guard let dtype = DType.all.first(where: { Safetensors.formatName(of: $0) == typeName }) else {
      let known = DType.all.map(Safetensors.formatName).joined(separator: ", ")
      throw failure(
        "\(tensor) has the dtype \(typeName.printable()), and only \(known) can be read")
    }
    guard let extents = fields["shape"]?.counts else {
      throw failure("\(tensor) has no shape of whole numbers")
    }
    guard extents.count <= Shape.maximumRank else {
      throw failure("\(tensor) has \(extents.count) axes, and \(Shape.maximumRank) are possible")
    }
    let type = TensorType(Shape(extents), dtype)
    guard type.shape.isValid else {
      throw failure("\(tensor) has the shape \(type.shape), and at most 2^46 bytes are possible")
    }
    guard let places = fields["data_offsets"]?.counts, places.count == 2, places[0] <= places[1]
    else { throw failure("\(tensor) has no data_offsets of a begin and an end") }
    guard places[1] - places[0] == type.byteCount else {
      throw failure(
        "\(tensor) is \(type), which is \(type.byteCount) bytes, but its data_offsets "
          + "\(places) are \(places[1] - places[0])")
    }
    return Entry(name: name, type: type, begin: places[0], end: places[1])
  }

  private mutating func checkPlaces(dataLength: Int) throws {
    // Tensors without elements come first where they share a place; otherwise the header's order.
    entries = entries.enumerated().sorted { lhs, rhs in
      (lhs.element.begin, lhs.element.end, lhs.offset)
        < (rhs.element.begin, rhs.element.end, rhs.offset)
    }.map(\.element)
    var end = 0
    for entry in entries {
      guard entry.begin == end else {
        let mistake = entry.begin < end ? "overlaps the one before" : "leaves a hole"
        throw failure(
          "tensor '\(entry.name.printable())' begins at \(entry.begin) and \(mistake), which ends "
            + "at \(end)")
      }
      end = entry.end
    }
    guard end <= dataLength else {
      throw failure("is truncated: its tensors need \(end) bytes, but \(dataLength) are there")
    }
    guard end == dataLength else {
      throw failure("has \(dataLength - end) bytes after its last tensor")
    }
  }

  private func failure(_ reason: String) -> TidemillError {
    TidemillError(.file, "\(path): is no valid safetensors file: \(reason).")
  }
}
