import TidemillGraph

extension NPY {
  /// The elements that a file can have, by the names that the format gives them.
  package enum Element: String, Sendable, CaseIterable {
    case bool = "|b1"
    case uint8 = "|u1"
    case int8 = "|i1"
    case uint16 = "<u2"
    case int16 = "<i2"
    case uint32 = "<u4"
    case int32 = "<i4"
    case int64 = "<i8"
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    /// As a tensor's elements are written, or `nil` where the format has none such.
    package init?(_ dtype: DType) {
      switch dtype {
      case .float32: self = .float32
      case .float64: self = .float64
      case .int32: self = .int32
      case .int64: self = .int64
      case .bool: self = .bool
      default: return nil
      }
    }

    /// What they are read as: themselves, or the smallest type that holds all of their numbers.
    package var dtype: DType {
      switch self {
      case .bool: .bool
      case .uint8, .int8, .uint16, .int16, .int32: .int32
      case .uint32, .int64: .int64
      case .float16, .float32: .float32
      case .float64: .float64
      }
    }

    /// Bytes of one element.
    package var size: Int {
      switch self {
      case .bool, .uint8, .int8: 1
      case .uint16, .int16, .float16: 2
      case .uint32, .int32, .float32: 4
      case .int64, .float64: 8
      }
    }

    /// The same elements as ``dtype`` has them; as many in `target` as in `source`.
    func widen(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
      switch self {
      case .uint8: Self.fill(target) { Int32(source[$0]) }
      case .int8: Self.fill(target) { Int32(Int8(bitPattern: source[$0])) }
      case .uint16: Self.fill(target) { Int32(Self.number($0, source, as: UInt16.self)) }
      case .int16: Self.fill(target) { Int32(Self.number($0, source, as: Int16.self)) }
      case .uint32: Self.fill(target) { Int64(Self.number($0, source, as: UInt32.self)) }
      case .float16:
        Self.fill(target) { Float(Float16(bitPattern: Self.number($0, source, as: UInt16.self))) }
      default: target.copyMemory(from: source)
      }
    }

    private static func fill<T: TensorScalar>(
      _ target: UnsafeMutableRawBufferPointer, _ value: (Int) -> T
    ) {
      let target = target.bindMemory(to: T.self)
      for index in target.indices { target[index] = value(index) }
    }

    private static func number<T: FixedWidthInteger>(
      _ index: Int, _ source: UnsafeRawBufferPointer, as _: T.Type
    ) -> T {
      T(littleEndian: source.loadUnaligned(fromByteOffset: index * T.bitWidth / 8, as: T.self))
    }
  }
}
