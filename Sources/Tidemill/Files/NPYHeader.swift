import TidemillGraph

/// What an NPY file says of its elements, checked against the size of the file.
package struct NPYHeader {
  /// Shape and element type of the tensor that it is read as.
  package let type: TensorType
  /// The elements in the file.
  package let element: NPY.Element
  /// Whether the first axis is the fastest, and not the last.
  package let isFortranOrder: Bool
  /// The format's version: 1, 2 or 3.
  package let version: Int
  /// The place of the first element.
  package let dataStart: Int
  private let name: String

  /// Bytes that are enough to read any header that is not too long.
  static let longest = 12 + NPY.maximumHeaderLength

  /// Reads a header, and nothing after it.
  ///
  /// - Throws: `file`, as ``NPY/init(path:)``.
  package init(_ reader: FileReader) throws {
    var start = [UInt8](repeating: 0, count: min(reader.size, Self.longest))
    try start.withUnsafeMutableBytes { try reader.read(into: $0, at: 0) }
    try self.init(start, fileSize: reader.size, name: reader.path)
  }

  /// Takes a header from bytes.
  ///
  /// - Parameters:
  ///   - start: The first bytes of the file: all, or at least ``longest``.
  ///   - fileSize: Bytes of the file.
  ///   - name: What errors call the file.
  /// - Throws: `file`, as ``NPY/init(path:)``.
  package init(_ start: [UInt8], fileSize: Int, name: String) throws {
    self.name = name
    let prefix = try Prefix(start, name: name)
    version = prefix.version
    dataStart = prefix.size + prefix.headerLength
    guard dataStart <= fileSize else {
      throw npyFailure(
        name,
        "is truncated: its header ends at byte \(dataStart), but the file has \(fileSize)")
    }
    let text = start[prefix.size..<dataStart]
    let fields: NPYDictionary
    do { fields = try NPYDictionary(text) } catch { throw npyFailure(name, error.reason) }
    element = try Self.element(fields, name)
    type = TensorType(try Self.shape(fields, name), element.dtype)
    isFortranOrder = fields.isFortranOrder
    let found = fileSize - dataStart
    guard found == byteCount else {
      throw npyFailure(
        name,
        (found < byteCount ? "is truncated" : "has bytes after its end")
          + ": \(element)\(type.shape) needs \(byteCount) bytes, but \(found) follow the header")
    }
  }

  /// Bytes of all elements in the file. A valid shape bounds the count at eight bytes an element.
  package var byteCount: Int { type.shape.count * element.size }

  /// An error about this file.
  func failure(_ reason: String) -> TidemillError { npyFailure(name, reason) }

  private static func element(_ fields: NPYDictionary, _ name: String) throws -> NPY.Element {
    let descr = fields.descr
    if let element = NPY.Element(rawValue: descr) { return element }
    if descr.hasSuffix("O") {
      throw npyFailure(
        name,
        "its elements are objects, which Python would unpickle by running what the file says; save "
          + "numbers instead")
    }
    if descr.hasPrefix(">") {
      throw npyFailure(
        name,
        "its elements '\(descr.printable())' are big-endian, and only little-endian ones can be "
          + "read; convert them with astype('<\(descr.dropFirst().printable())')")
    }
    let known = NPY.Element.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    throw npyFailure(name, "its elements are '\(descr.printable())', and only \(known) can be read")
  }

  private static func shape(_ fields: NPYDictionary, _ name: String) throws -> Shape {
    guard fields.extents.count <= Shape.maximumRank else {
      throw npyFailure(
        name, "it has \(fields.extents.count) axes, and \(Shape.maximumRank) are possible")
    }
    let shape = Shape(fields.extents)
    guard shape.isValid else {
      throw npyFailure(name, "it has the shape \(shape), and at most 2^46 bytes are possible")
    }
    return shape
  }
}

/// Magic, version and length of the header.
private struct Prefix {
  let version: Int
  let size: Int
  let headerLength: Int

  init(_ start: [UInt8], name: String) throws {
    guard start.starts(with: NPY.magic) else {
      throw TidemillError(
        .file, "\(name): is no NPY file: it does not begin with the byte 0x93 and NUMPY.")
    }
    guard start.count >= 8 else { throw npyFailure(name, "is truncated: it ends in its version") }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw npyFailure(
        name, "its version is \(start[6]).\(start[7]), and only 1.0, 2.0 and 3.0 can be read")
    }
    version = Int(start[6])
    size = version == 1 ? 10 : 12
    guard start.count >= size else {
      throw npyFailure(name, "is truncated: it ends in the length of its header")
    }
    headerLength = start[8..<size].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard headerLength <= NPY.maximumHeaderLength else {
      throw npyFailure(
        name,
        "it claims a header of \(headerLength) bytes, and \(NPY.maximumHeaderLength) are possible")
    }
  }
}

private func npyFailure(_ name: String, _ reason: String) -> TidemillError {
  TidemillError(.file, "\(name): is no valid NPY file: \(reason).")
}
