/// The extents of a tensor, outermost first; no extents at all is a scalar.
///
/// ```swift
/// let shape: Shape = [64, 10]
/// shape.count                                   // 640
/// Shape.broadcast([64, 1], [10])                // [64, 10]
/// ```
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extents, outermost first.
  public let dimensions: [Int]

  /// A shape of these extents.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// A shape of these extents.
  public init(arrayLiteral elements: Int...) { dimensions = elements }

  /// The shape of a single number.
  public static let scalar = Shape([])

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: 1 for a scalar, 0 where an extent is 0, `Int.max` where it cannot be counted.
  public var count: Int { dimensions.contains(0) ? 0 : dimensions.reduce(1, saturatingProduct) }

  /// The extent of an axis; requires `0 <= axis < rank`.
  package subscript(axis: Int) -> Int { dimensions[axis] }

  /// Whether all extents are non-negative, there are at most eight, and the elements can be counted and addressed.
  public var isValid: Bool {
    guard rank <= Shape.maximumRank, dimensions.allSatisfy({ $0 >= 0 }) else { return false }
    var product = 8
    for extent in dimensions where extent > 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow || next > Shape.maximumBytes { return false }
      product = next
    }
    return true
  }

  /// Axes a tensor may have.
  public static let maximumRank = 8
  /// Bytes a tensor may have, at eight an element.
  package static let maximumBytes = 1 << 46

  /// Row-major strides in elements.
  package var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] &* max(dimensions[axis + 1], 1)
    }
    return strides
  }

  /// The shape that two shapes broadcast to by NumPy's rule, or `nil` where they do not fit.
  ///
  /// Axes are compared from the last; a missing axis counts as 1, and an extent of 1 is repeated.
  public static func broadcast(_ lhs: Shape, _ rhs: Shape) -> Shape? {
    let rank = max(lhs.rank, rhs.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = lhs.extent(fromLast: rank - 1 - axis)
      let right = rhs.extent(fromLast: rank - 1 - axis)
      guard left == right || left == 1 || right == 1 else { return nil }
      result[axis] = left == 1 ? right : left
    }
    return Shape(result)
  }

  private func extent(fromLast position: Int) -> Int {
    position < rank ? dimensions[rank - 1 - position] : 1
  }

  /// Written like an array: `[64, 10]`.
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}

/// The shape and element type of a value.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The extents.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType

  /// A type of this shape and these elements.
  public init(_ shape: Shape, _ dtype: DType = .float32) {
    self.shape = shape
    self.dtype = dtype
  }

  /// Bytes of all elements, `Int.max` where they cannot be counted.
  public var byteCount: Int { saturatingProduct(shape.count, dtype.size) }

  /// Written like `float32[64, 10]`.
  public var description: String { "\(dtype)\(shape)" }
}

/// The product, or `Int.max` where it is too large.
private func saturatingProduct(_ lhs: Int, _ rhs: Int) -> Int {
  let (product, overflow) = lhs.multipliedReportingOverflow(by: rhs)
  return overflow ? .max : product
}
