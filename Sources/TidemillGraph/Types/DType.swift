import CKernels

/// The type of a tensor's elements.
///
/// More types are added over time: switch over them with a `default`.
public struct DType: Hashable, Sendable, CustomStringConvertible {
  package let kernelType: tm_dtype

  /// IEEE single precision, the default everywhere.
  public static let float32 = DType(kernelType: TM_F32)
  /// IEEE double precision, the reference.
  public static let float64 = DType(kernelType: TM_F64)
  /// Signed 32-bit integers: labels, indices.
  public static let int32 = DType(kernelType: TM_I32)
  /// Signed 64-bit integers.
  public static let int64 = DType(kernelType: TM_I64)
  /// Truth values, one byte each.
  public static let bool = DType(kernelType: TM_BOOL)

  /// The upper half of a float32: its range with 8 bits of precision, in half its memory.
  ///
  /// For storage: such values are copied, cast, and multiplied as matrices, whose product is float32. To compute with
  /// one otherwise, cast it to float32.
  public static let bfloat16 = DType(kernelType: TM_BF16)

  /// Every type there is.
  public static let all: [DType] = [.float32, .float64, .int32, .int64, .bool, .bfloat16]

  /// Bytes of one element.
  public var size: Int { tm_size_of(kernelType) }

  /// Whether elements are floating-point numbers, and so have gradients.
  public var isFloatingPoint: Bool { self == .float32 || self == .float64 || self == .bfloat16 }

  /// Whether elements are only stored: copied, cast, and multiplied as matrices.
  public var isStorageOnly: Bool { self == .bfloat16 }

  /// Whether elements are integers.
  public var isInteger: Bool { self == .int32 || self == .int64 }

  /// The name: `float32`, `float64`, `int32`, `int64`, `bool` or `bfloat16`.
  public var description: String {
    switch kernelType {
    case TM_F32: "float32"
    case TM_F64: "float64"
    case TM_I32: "int32"
    case TM_I64: "int64"
    case TM_BF16: "bfloat16"
    default: "bool"
    }
  }

  package var kernelCode: UInt8 { UInt8(truncatingIfNeeded: kernelType.rawValue) }

  /// Whether both are the same type.
  public static func == (lhs: DType, rhs: DType) -> Bool {
    lhs.kernelType.rawValue == rhs.kernelType.rawValue
  }

  /// Hashes the type.
  public func hash(into hasher: inout Hasher) { hasher.combine(kernelType.rawValue) }
}

/// A Swift type that a tensor's elements can be read and written as.
public protocol TensorScalar: Sendable, Equatable, BitwiseCopyable {
  /// The element type it corresponds to.
  static var dtype: DType { get }
}

extension Float: TensorScalar {
  /// `float32`
  public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
  /// `float64`
  public static var dtype: DType { .float64 }
}
extension Int32: TensorScalar {
  /// `int32`
  public static var dtype: DType { .int32 }
}
extension Int64: TensorScalar {
  /// `int64`
  public static var dtype: DType { .int64 }
}
extension Bool: TensorScalar {
  /// `bool`
  public static var dtype: DType { .bool }
}
