import TidemillGraph

extension NPY {
  /// Reads a file of version 1.0, 2.0 or 3.0, in C or in Fortran order.
  ///
  /// Elements of types that tensors have not become those of the smallest one that holds all of their
  /// numbers: int32 from int8, uint8, int16 and uint16, int64 from uint32, float32 from float16.
  ///
  /// - Throws: `file` where the file cannot be read, is truncated or too long, is not in the format,
  ///   or has other elements than these, float32, float64, int32, int64 and bool, little-endian; the
  ///   error names the path and what is wrong. Objects, which NumPy pickles, are refused.
  public init(path: String) throws {
    try self.init(FileReader(path: path))
  }

  /// Reads an open file.
  package init(_ reader: FileReader) throws {
    let header = try NPYHeader(reader)
    try self.init(header) { try reader.read(into: $0, at: header.dataStart) }
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: All of them.
  ///   - name: What errors call the file.
  /// - Throws: `file`, as ``init(path:)``.
  public init(bytes: [UInt8], name: String) throws {
    let header = try NPYHeader(bytes, fileSize: bytes.count, name: name)
    try self.init(header) { $0.copyBytes(from: bytes[header.dataStart...]) }
  }

  private init(_ header: NPYHeader, fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    let type = header.type
    let storage = try TensorStorage(byteCount: type.byteCount)
    if header.byteCount == type.byteCount {
      try fill(storage.bytes)
    } else {
      let narrow = try TensorStorage(byteCount: header.byteCount)
      try fill(narrow.bytes)
      header.element.widen(UnsafeRawBufferPointer(narrow.bytes), into: storage.bytes)
    }
    // Any other byte read as a Bool would be undefined behaviour.
    if type.dtype == .bool, let byte = storage.bytes.first(where: { $0 > 1 }) {
      throw header.failure("its elements are bool, but one is the byte \(byte), not 0 or 1")
    }
    let isRowMajor = !header.isFortranOrder || type.shape.rank < 2
    self.init(
      Tensor(type: type, storage: isRowMajor ? storage : try storage.rowMajor(type)),
      element: header.element)
  }
}

extension TensorStorage {
  /// A copy, row major, of elements that lie with the first axis fastest.
  fileprivate func rowMajor(_ type: TensorType) throws -> TensorStorage {
    let result = try TensorStorage(byteCount: byteCount)
    switch type.dtype.size {
    case 1: copy(to: result, type.shape, as: UInt8.self)
    case 4: copy(to: result, type.shape, as: UInt32.self)
    default: copy(to: result, type.shape, as: UInt64.self)
    }
    return result
  }

  private func copy<T>(to result: TensorStorage, _ shape: Shape, as _: T.Type) {
    let source = bytes.bindMemory(to: T.self)
    let target = result.bytes.bindMemory(to: T.self)
    // Each extent times those before it; that of a valid shape is countable.
    var strides: [Int] = []
    for extent in shape.dimensions { strides.append((strides.last ?? 1) * extent) }
    strides = [1] + strides.dropLast()
    var position = [Int](repeating: 0, count: shape.rank)
    var place = 0
    for index in target.indices {
      target[index] = source[place]
      // The next position, the last axis fastest; after the last element it is the first again.
      for axis in position.indices.reversed() {
        position[axis] += 1
        place += strides[axis]
        if position[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        position[axis] = 0
      }
    }
  }
}
