import TidemillGraph

/// An array in the IDX format of the MNIST data, plain or gzip.
///
/// Two zero bytes, a byte for the type, a byte for the number of axes, a big-endian 32-bit extent
/// for each axis, then the elements, row major and big-endian.
///
/// ```swift
/// let labels = try IDXFile(path: "train-labels-idx1-ubyte.gz").tensor()
/// ```
///
/// **Source**: Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits.
public struct IDXFile: Sendable {
  /// The types that elements can have in a file.
  public enum Element: UInt8, Sendable, CaseIterable {
    /// Unsigned bytes.
    case uint8 = 0x08
    /// Signed bytes.
    case int8 = 0x09
    /// Signed 16-bit integers.
    case int16 = 0x0b
    /// Signed 32-bit integers.
    case int32 = 0x0c
    /// IEEE single precision.
    case float32 = 0x0d
    /// IEEE double precision.
    case float64 = 0x0e

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }

    /// Whether elements are integers.
    public var isInteger: Bool { self != .float32 && self != .float64 }
  }

  /// What errors call it: its path.
  public let name: String
  /// The type of the elements in the file.
  public let element: Element
  /// The extents.
  public let shape: Shape
  private let bytes: [UInt8]
  private let start: Int

  /// Reads a file.
  ///
  /// - Throws: `file` where it cannot be read or unpacked, `data` where it is not IDX, truncated or
  ///   too long; the error names the path, what was expected and what was found.
  public init(path: String) throws {
    let reader = try FileReader(path: path)
    var beginning = [UInt8](repeating: 0, count: min(reader.size, Header.longest))
    try beginning.withUnsafeMutableBytes { try reader.read(into: $0, at: 0) }
    guard Gzip.isPacked(beginning, path: path) else {
      // A file of another kind is not read into memory to find that out.
      try Header(beginning, name: path, isCut: beginning.count < reader.size)
        .check(reader.size, name: path)
      try self.init(bytes: FileReader.contents(of: path), name: path)
      return
    }
    try self.init(packed: FileReader.contents(of: path), name: path)
  }

  /// Takes the bytes of a gzip file.
  ///
  /// - Throws: as ``init(path:)``.
  package init(packed bytes: [UInt8], name: String) throws {
    // A small file can unpack to any size: the header says how much is to be expected.
    let start = try Gzip.decompress(bytes, name: name, first: Header.longest)
    let isCut = start.count == Header.longest
    let expected = try Header(start, name: name, isCut: isCut).fileSize
    let unpacked = try Gzip.decompress(bytes, name: name, first: expected + 1)
    try self.init(bytes: unpacked, name: name, isCut: unpacked.count > expected)
  }

  /// Takes the bytes of an unpacked file.
  ///
  /// - Throws: `data`, as ``init(path:)``.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(bytes: bytes, name: name, isCut: false)
  }

  /// - Parameter isCut: Whether the file has more than these bytes.
  private init(bytes: [UInt8], name: String, isCut: Bool) throws {
    let header = try Header(bytes, name: name, isCut: isCut)
    self.name = name
    self.bytes = bytes
    element = header.element
    shape = header.shape
    start = header.size
    try header.check(bytes.count, name: name, isCut: isCut)
  }

  /// All elements: integers as int32, others in their own type.
  ///
  /// - Throws: `tensor` where memory for it cannot be described.
  public func tensor() throws -> Tensor {
    switch element {
    case .float32: try fill { Float(bitPattern: UInt32(truncatingIfNeeded: bits($0))) }
    case .float64: try fill { Double(bitPattern: bits($0)) }
    default: try fill { integer($0) }
    }
  }

  /// All elements as float32, divided by a number: 255 takes bytes to 0...1.
  ///
  /// - Throws: `tensor` where memory for it cannot be described.
  public func floats(dividedBy divisor: Float = 1) throws -> Tensor {
    switch element {
    case .uint8:
      let scaled = (0..<256).map { Float($0) / divisor }
      return try fill { scaled[Int(bytes[start + $0])] }
    case .float32:
      return try fill { Float(bitPattern: UInt32(truncatingIfNeeded: bits($0))) / divisor }
    case .float64: return try fill { Float(Double(bitPattern: bits($0))) / divisor }
    default: return try fill { Float(integer($0)) / divisor }
    }
  }

  private func fill<T: TensorScalar>(_ value: (Int) -> T) throws -> Tensor {
    var result = try Tensor(zeros: shape, T.dtype)
    try result.withMutableScalars(as: T.self) { target in
      for index in 0..<target.count { target[index] = value(index) }
    }
    return result
  }

  /// The bits of an element, the big-endian bytes of the file put together.
  private func bits(_ index: Int) -> UInt64 {
    let first = start + index * element.size
    var result: UInt64 = 0
    for offset in 0..<element.size { result = result << 8 | UInt64(bytes[first + offset]) }
    return result
  }

  private func integer(_ index: Int) -> Int32 {
    let bits = bits(index)
    return switch element {
    case .uint8: Int32(UInt8(truncatingIfNeeded: bits))
    case .int8: Int32(Int8(truncatingIfNeeded: bits))
    case .int16: Int32(Int16(truncatingIfNeeded: bits))
    default: Int32(truncatingIfNeeded: bits)
    }
  }
}

/// What an IDX file begins with.
private struct Header {
  let element: IDXFile.Element
  let shape: Shape

  /// Of the most axes.
  static let longest = 4 + 4 * Shape.maximumRank

  /// Bytes of the header.
  var size: Int { 4 + 4 * shape.rank }

  /// Bytes of the file. Shape.isValid bounds the count at eight bytes an element, so this product
  /// cannot overflow.
  var fileSize: Int { size + shape.count * element.size }

  /// - Parameters:
  ///   - size: Bytes of the file.
  ///   - isCut: Whether the file has more.
  func check(_ size: Int, name: String, isCut: Bool = false) throws {
    guard size == fileSize else {
      let state = size < fileSize ? "is truncated" : "has bytes after its end"
      throw TidemillError(
        .data,
        "\(name): \(state): \(element)\(shape) needs \(fileSize) bytes with its header, but the "
          + "file has \(size)\(isCut ? " or more" : "").")
    }
  }

  /// Reads the first bytes of a file.
  ///
  /// - Parameter isCut: Whether the file may have more.
  init(_ bytes: [UInt8], name: String, isCut: Bool) throws {
    guard bytes.count >= 4 else {
      throw TidemillError(
        .data,
        "\(name): is truncated: an IDX file begins with 4 bytes, but this one has \(bytes.count).")
    }
    guard bytes[0] == 0, bytes[1] == 0, let element = IDXFile.Element(rawValue: bytes[2]) else {
      let found = bytes[..<4].map { byte in byte < 16 ? "0\(hex(byte))" : hex(byte) }
      throw TidemillError(
        .data,
        "\(name): is not an IDX file: expected it to begin with 00 00, a type (08, 09, 0b, 0c, 0d "
          + "or 0e) and a number of axes, but found \(found.joined(separator: " ")).")
    }
    self.element = element
    shape = try Self.shape(in: bytes, name: name, isCut: isCut)
  }

  private static func shape(in bytes: [UInt8], name: String, isCut: Bool) throws -> Shape {
    let rank = Int(bytes[3])
    guard rank <= Shape.maximumRank else {
      throw TidemillError(
        .data, "\(name): has \(rank) axes, and no more than \(Shape.maximumRank) are possible.")
    }
    guard bytes.count >= 4 + 4 * rank else {
      throw TidemillError(
        .data,
        "\(name): is truncated: the header of \(rank) axes needs \(4 + 4 * rank) bytes, but the "
          + "file has \(bytes.count).")
    }
    let shape = Shape(
      (0..<rank).map { axis in
        bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
      })
    guard shape.isValid else {
      throw TidemillError(
        .data,
        "\(name): claims the shape \(shape), which is more than fits in memory, but has "
          + "\(bytes.count) bytes\(isCut ? " or more" : "").")
    }
    return shape
  }
}

private func hex(_ byte: UInt8) -> String { String(byte, radix: 16) }
