/// Numbers in memory: a row-major block of elements of one type.
///
/// A tensor is a value: a copy never changes when the original does (the memory is shared until one of
/// them is written). Memory is aligned to 64 bytes.
///
/// ```swift
/// var image = try Tensor([0, 0.5, 1, 0.5], shape: [2, 2])
/// try image.set(0.25, at: 0, 0)
/// print(image)                    // float32[2, 2] [[0.25, 0.5], [1.0, 0.5]]
/// ```
public struct Tensor: Sendable {
  /// Shape and element type.
  public let type: TensorType
  package private(set) var storage: TensorStorage

  package init(type: TensorType, storage: TensorStorage) {
    self.type = type
    self.storage = storage
  }

  /// The extents.
  public var shape: Shape { type.shape }
  /// The element type.
  public var dtype: DType { type.dtype }
  /// The number of elements.
  public var count: Int { type.shape.count }

  /// A tensor of zeros.
  ///
  /// - Throws: `tensor` where the shape has a negative extent, over eight axes or too many elements;
  ///   `out-of-memory` where the system has no memory for it.
  public init(zeros shape: Shape, _ dtype: DType = .float32) throws {
    guard shape.isValid else {
      throw TidemillError(
        .tensor,
        "A tensor cannot have the shape \(shape): at most \(Shape.maximumRank) axes, none negative, "
          + "and no more than 2^46 bytes are possible.")
    }
    type = TensorType(shape, dtype)
    storage = try TensorStorage(byteCount: type.byteCount)
  }

  /// A tensor of given elements in row-major order.
  ///
  /// - Parameters:
  ///   - values: The elements, the last axis fastest.
  ///   - shape: As many elements as `values`; without it, one axis.
  /// - Throws: `tensor` where the numbers of elements differ.
  public init<T: TensorScalar>(_ values: [T], shape: Shape? = nil) throws {
    let shape = shape ?? [values.count]
    try Self.checkSize(T.self)
    try self.init(zeros: shape, T.dtype)
    guard values.count == count else {
      throw TidemillError(
        .tensor,
        "A tensor of shape \(shape) has \(count) elements, but \(values.count) values were given.")
    }
    values.withUnsafeBytes { source in
      storage.bytes.copyMemory(from: source)
    }
  }

  /// A tensor of one number.
  public init<T: TensorScalar>(scalar value: T) {
    type = TensorType(.scalar, T.dtype)
    storage = TensorStorage(small: max(T.dtype.size, MemoryLayout<T>.size))
    storage.bytes.storeBytes(of: value, as: T.self)
  }

  /// A tensor with the same number everywhere.
  ///
  /// - Throws: as ``init(zeros:_:)``.
  public init<T: TensorScalar>(repeating value: T, shape: Shape) throws {
    try Self.checkSize(T.self)
    try self.init(zeros: shape, T.dtype)
    storage.bytes.bindMemory(to: T.self).update(repeating: value)
  }

  /// The elements in row-major order.
  ///
  /// - Throws: `tensor` where the element type is another one.
  public func scalars<T: TensorScalar>(as _: T.Type = T.self) throws -> [T] {
    try check(T.self)
    return [T](storage.bytes.bindMemory(to: T.self))
  }

  /// The elements in row-major order, whatever their type, as `Double`.
  public var doubles: [Double] {
    let bytes = UnsafeRawBufferPointer(storage.bytes)
    return (0..<count).map { element in
      switch dtype {
      case .float32: Double(bytes.load(fromByteOffset: element * 4, as: Float.self))
      case .float64: bytes.load(fromByteOffset: element * 8, as: Double.self)
      case .int32: Double(bytes.load(fromByteOffset: element * 4, as: Int32.self))
      case .int64: Double(bytes.load(fromByteOffset: element * 8, as: Int64.self))
      case .bfloat16: Double(bytes.load(fromByteOffset: element * 2, as: BFloat16.self).float)
      default: bytes[element] == 0 ? 0 : 1
      }
    }
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool {
    let bytes = UnsafeRawBufferPointer(storage.bytes)
    return switch dtype {
    case .float32: bytes.bindMemory(to: Float.self).allSatisfy(\.isFinite)
    case .float64: bytes.bindMemory(to: Double.self).allSatisfy(\.isFinite)
    case .bfloat16: bytes.bindMemory(to: BFloat16.self).allSatisfy(\.float.isFinite)
    default: true
    }
  }

  /// The only element of a tensor that has one, as `Double`.
  ///
  /// - Throws: `tensor` where there are more or fewer.
  public func item() throws -> Double {
    guard count == 1 else {
      throw TidemillError(.tensor, "item() needs a tensor of one element, but this is \(type).")
    }
    return doubles[0]
  }

  /// The element at a position, one index for each axis.
  ///
  /// - Throws: `tensor` where an index is outside, or the element type is another one.
  public func value<T: TensorScalar>(at indices: Int..., as _: T.Type = T.self) throws -> T {
    try check(T.self)
    return storage.bytes.bindMemory(to: T.self)[try offset(of: indices)]
  }

  /// Writes the element at a position.
  ///
  /// - Throws: `tensor` where an index is outside, or the element type is another one.
  public mutating func set<T: TensorScalar>(_ value: T, at indices: Int...) throws {
    try check(T.self)
    let position = try offset(of: indices)
    try makeUnique()
    storage.bytes.bindMemory(to: T.self)[position] = value
  }

  /// The same elements in another shape.
  ///
  /// - Throws: `tensor` where the numbers of elements differ.
  public func reshaped(to shape: Shape) throws -> Tensor {
    guard shape.isValid, shape.count == count else {
      throw TidemillError(
        .tensor, "\(type) has \(count) elements and cannot be reshaped to \(shape).")
    }
    return Tensor(type: TensorType(shape, dtype), storage: storage)
  }

  /// The entries `range` along the first axis, copied.
  ///
  /// - Throws: `tensor` where the range is outside of the axis.
  public func slice(_ range: Range<Int>) throws -> Tensor {
    guard let extent = shape.dimensions.first, range.lowerBound >= 0, range.upperBound <= extent
    else {
      throw TidemillError(.tensor, "\(type) has no entries \(range) along its axis 0.")
    }
    let rest = Array(shape.dimensions.dropFirst())
    let entry = Shape(rest).count * dtype.size
    let result = try Tensor(zeros: Shape([range.count] + rest), dtype)
    let source = UnsafeRawBufferPointer(storage.bytes)
    result.storage.bytes.copyMemory(
      from: .init(rebasing: source[range.lowerBound * entry..<range.upperBound * entry]))
    return result
  }

  /// Calls `body` with the elements in row-major order.
  ///
  /// - Throws: `tensor` where the element type is another one; what `body` throws.
  public func withScalars<T: TensorScalar, R>(
    as _: T.Type = T.self, _ body: (UnsafeBufferPointer<T>) throws -> R
  ) throws -> R {
    try check(T.self)
    return try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(storage.bytes.bindMemory(to: T.self)))
    }
  }

  /// Calls `body` with the elements in row-major order, to be changed in place.
  ///
  /// - Throws: `tensor` where the element type is another one; what `body` throws.
  public mutating func withMutableScalars<T: TensorScalar, R>(
    as _: T.Type = T.self, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
  ) throws -> R {
    try check(T.self)
    try makeUnique()
    return try withExtendedLifetime(storage) {
      try body(storage.bytes.bindMemory(to: T.self))
    }
  }

  /// Makes the memory this tensor's alone, by a copy if another holds it.
  package mutating func makeUnique() throws(TidemillError) {
    if !isKnownUniquelyReferenced(&storage) { storage = try storage.copy() }
  }

  /// Whether the memory is this tensor's alone.
  package mutating func isHeldOnce() -> Bool { isKnownUniquelyReferenced(&storage) }

  private func check<T: TensorScalar>(_: T.Type) throws {
    try Self.checkSize(T.self)
    guard dtype == T.dtype else {
      throw TidemillError(.tensor, "The elements are \(dtype), but were asked for as \(T.dtype).")
    }
  }

  /// A type of an embedder's own may claim an element type that it does not have the size of.
  private static func checkSize<T: TensorScalar>(_: T.Type) throws {
    guard MemoryLayout<T>.stride == T.dtype.size else {
      throw TidemillError(
        .tensor,
        "\(T.self) takes \(MemoryLayout<T>.stride) bytes and cannot be the Swift type of "
          + "\(T.dtype), which takes \(T.dtype.size).")
    }
  }

  private func offset(of indices: [Int]) throws -> Int {
    guard indices.count == shape.rank,
      zip(indices, shape.dimensions).allSatisfy({ $0 >= 0 && $0 < $1 })
    else { throw TidemillError(.tensor, "\(type) has no element at \(indices).") }
    return zip(indices, shape.rowMajorStrides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Tensor: Equatable {
  /// Whether type and shape are the same and all elements are equal as numbers (NaN equals nothing).
  public static func == (lhs: Tensor, rhs: Tensor) -> Bool {
    guard lhs.type == rhs.type else { return false }
    switch lhs.dtype {
    case .float32, .float64, .bfloat16: return lhs.doubles == rhs.doubles
    default: return lhs.hasSameBits(as: rhs)
    }
  }

  /// Whether type, shape and every bit of every element are the same.
  public func hasSameBits(as other: Tensor) -> Bool {
    type == other.type
      && UnsafeRawBufferPointer(storage.bytes).elementsEqual(
        UnsafeRawBufferPointer(other.storage.bytes))
  }
}

extension Tensor: CustomStringConvertible {
  /// The type and the elements, nested by axis; long axes are shortened.
  public var description: String {
    func text(_ axis: Int, _ start: Int) -> String {
      guard axis < shape.rank else {
        return elementText(start)
      }
      let step = shape.dimensions[(axis + 1)...].reduce(1, *)
      let shown = min(shape[axis], 8)
      var parts = (0..<shown).map { text(axis + 1, start + $0 * step) }
      if shape[axis] > shown { parts.append("… \(shape[axis] - shown) more") }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    return "\(type) \(text(0, 0))"
  }
  private func elementText(_ element: Int) -> String {
    let bytes = UnsafeRawBufferPointer(storage.bytes)
    return switch dtype {
    case .float32: "\(Double(bytes.load(fromByteOffset: element * 4, as: Float.self)))"
    case .float64: "\(bytes.load(fromByteOffset: element * 8, as: Double.self))"
    case .int32: "\(bytes.load(fromByteOffset: element * 4, as: Int32.self))"
    case .int64: "\(bytes.load(fromByteOffset: element * 8, as: Int64.self))"
    case .bfloat16: "\(bytes.load(fromByteOffset: element * 2, as: BFloat16.self).float)"
    default: bytes[element] == 0 ? "0" : "1"
    }
  }
}
