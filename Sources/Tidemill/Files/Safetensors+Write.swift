import TidemillGraph

extension Safetensors {
  /// Writes the file: whole, or not at all and an old one survives.
  ///
  /// - Throws: `file`, with the path and the system's reason.
  public func write(to path: String) throws {
    try write(to: path, calls: FileCalls())
  }

  package func write(to path: String, calls: FileCalls) throws {
    let header = header()
    guard header.count <= Self.maximumHeaderLength else {
      throw TidemillError(
        .file,
        "\(path): cannot be written: names and metadata need a header of \(header.count) bytes, "
          + "and \(Self.maximumHeaderLength) are possible.")
    }
    try AtomicFile.write(to: path, calls: calls) { writer in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try writer.append($0) }
      try header.withUnsafeBytes { try writer.append($0) }
      for (_, tensor) in tensors {
        try withExtendedLifetime(tensor.storage) {
          try writer.append(UnsafeRawBufferPointer(tensor.storage.bytes))
        }
      }
    }
  }

  /// Everything before the elements.
  package func header() -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(JSONValue.quoted($0.key)):\(JSONValue.quoted($0.value))" }
      members.append("\"\(Self.metadataName)\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.type.byteCount
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      members.append(
        "\(JSONValue.quoted(name)):{\"dtype\":\"\(Self.formatName(of: tensor.dtype))\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    return text + Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }
}
