/// The upper half of a float32, to which numbers are rounded: an element of ``DType/bfloat16``.
package struct BFloat16: TensorScalar {
  package static var dtype: DType { .bfloat16 }

  package let bits: UInt16

  /// The nearest number, the even one of two; a NaN stays one.
  package init(_ value: Float) {
    let bits = value.bitPattern
    let rounded = value.isNaN ? bits | 0x40_0000 : bits &+ 0x7fff &+ (bits >> 16 & 1)
    self.bits = UInt16(rounded >> 16)
  }

  /// The nearest number, rounded once: by a float rounded to odd, which keeps what lies below it in its last bit.
  package init(_ value: Double) {
    let near = Float(value)
    guard Double(near) != value, !value.isNaN else {
      self.init(near)
      return
    }
    let lower = abs(Double(near)) > abs(value) ? near.bitPattern - 1 : near.bitPattern
    self.init(Float(bitPattern: lower | 1))
  }

  /// The number, which a float holds.
  package var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

extension Tensor {
  /// A tensor of bfloat16 of given numbers in row-major order, each rounded to the nearest, to even of two.
  ///
  /// - Parameters:
  ///   - values: The numbers, the last axis fastest.
  ///   - shape: As many elements as `values`; without it, one axis.
  /// - Throws: `tensor` where the numbers of elements differ.
  public init(bfloat16 values: [Float], shape: Shape? = nil) throws {
    try self.init(values.map { BFloat16($0) }, shape: shape)
  }

  /// The elements in row-major order, float32 or bfloat16, each as it is.
  ///
  /// - Throws: `tensor` where the element type is another one.
  public func floats() throws -> [Float] {
    guard dtype == .bfloat16 else { return try scalars(as: Float.self) }
    return try withScalars(as: BFloat16.self) { $0.map(\.float) }
  }
}
