/// A value that no kernel computes: an input, a state, a constant.
package struct InputOperation: Operation {
  package let source: Source
  package let type: TensorType

  package var takesStorageTypes: Bool { true }
  package var name: String {
    switch source {
    case .input: "input"
    case .state: "state"
    case .constant: "constant"
    }
  }

  package var attributes: String {
    switch source {
    case .input(let name): name
    case .state(let key): key.name
    case .constant: ""
    }
  }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType { type }
  package func cotangents(of operands: [Value], result: Value, cotangent: Value) -> [Value?] { [] }
  package var lowering: Lowering { .source(source) }
}

/// The same number everywhere. Costs no memory where it is used elementwise.
package struct Fill: Operation {
  /// In the bits of the type.
  package let bits: UInt64
  package let type: TensorType

  package init(bits: UInt64, _ type: TensorType) {
    self.bits = bits
    self.type = type
  }

  package init(_ value: Double, _ type: TensorType) {
    self.type = type
    bits =
      switch type.dtype {
      case .float32: UInt64(Float(value).bitPattern)
      case .float64: value.bitPattern
      case .int32: UInt64(UInt32(bitPattern: Int32(saturating: value)))
      case .int64: UInt64(bitPattern: Int64(saturating: value))
      case .bfloat16: UInt64(BFloat16(value).bits)
      default: value == 0 ? 0 : 1
      }
  }

  /// The number.
  package var number: Double {
    switch type.dtype {
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .float64: Double(bitPattern: bits)
    case .int32: Double(Int32(truncatingIfNeeded: bits))
    case .int64: Double(Int64(bitPattern: bits))
    case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
    default: Double(bits)
    }
  }

  package var takesStorageTypes: Bool { true }
  package var name: String { "fill" }
  package var attributes: String {
    // As short as the type allows: 0.9 rather than 0.8999999761581421.
    type.dtype == .float32 || type.dtype == .bfloat16 ? "\(Float(number))" : "\(number)"
  }
  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType { type }
  package func cotangents(of operands: [Value], result: Value, cotangent: Value) -> [Value?] { [] }
  package var lowering: Lowering { .fill(bits) }
}

extension FixedWidthInteger {
  /// Towards zero, the nearest end where it does not fit, 0 for NaN.
  package init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= Double(Self.max) {
      self = .max
    } else if value <= Double(Self.min) {
      self = .min
    } else {
      self = Self(value)
    }
  }
}
