import TidemillGraph

/// How a weight's first numbers are drawn.
public enum Initializer: Codable, Equatable, Sendable {
  /// Normal with variance `2 / fanIn`: keeps the size of signals through ReLU.
  ///
  /// **Source**: He, Zhang, Ren, Sun: Delving deep into rectifiers, 2015.
  case he

  /// Uniform with variance `2 / (fanIn + fanOut)`: keeps the size of signals through tanh, both ways.
  ///
  /// **Source**: Glorot, Bengio: Understanding the difficulty of training deep feedforward networks, 2010.
  case glorot

  /// Normal with variance `1 / fanIn`: keeps the size of signals through layers that change it little, such as SELU.
  ///
  /// **Source**: LeCun, Bottou, Orr, Müller: Efficient backprop, 1998.
  case leCun

  /// The same number everywhere.
  case constant(Double)

  /// Uniform in `-bound ..< bound`.
  case uniform(bound: Double)

  /// Normal with mean 0.
  case normal(deviation: Double)

  /// Normal with mean 0, but what lies beyond two deviations is drawn again.
  ///
  /// The variance is that of what is left, `0.774·deviation²`.
  case truncatedNormal(deviation: Double)

  /// A matrix whose rows or columns, whichever are fewer, are orthogonal and of length `gain`: keeps the length of
  /// signals through any number of layers.
  ///
  /// The first axis counts the rows; all others together are the columns.
  ///
  /// - Complexity: `4·m·n²` flops for `m` rows and `n` columns, `n ≤ m`.
  ///
  /// **Source**: Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear neural
  /// networks, 2014.
  case orthogonal(gain: Double = 1)

  /// Zero everywhere.
  public static let zeros = constant(0)

  /// The name that checkpoints have for the number of a constant.
  private enum ConstantCodingKeys: String, CodingKey {
    case _0 = "value"
  }

  /// Draws a tensor.
  ///
  /// - Parameters:
  ///   - type: Floating point.
  ///   - fanIn: How many inputs each output has.
  ///   - fanOut: How many outputs each input has.
  ///   - seed: The same seed draws the same numbers, wherever the C library's `log` and `cos` do.
  /// - Throws: `tensor` where the shape is not possible or the type not floating point; for an orthogonal matrix, where
  ///   there are fewer than two axes.
  public func tensor(
    _ type: TensorType, fanIn: Int, fanOut: Int, seed: UInt64
  ) throws -> Tensor {
    guard type.shape.isValid, type.dtype.isFloatingPoint else {
      throw TidemillError(
        .tensor, "Weights cannot be drawn for \(type); a possible shape of floats is needed.")
    }
    if type.dtype == .bfloat16 {
      let drawn = try tensor(
        TensorType(type.shape, .float32), fanIn: fanIn, fanOut: fanOut, seed: seed)
      return try Tensor(bfloat16: drawn.floats(), shape: type.shape)
    }
    // The memory first: for a size that is not to be had this throws, where an array would trap.
    var tensor = try Tensor(zeros: type.shape, type.dtype)
    var generator = SeededGenerator(seed: seed)
    if case .orthogonal(let gain) = self {
      try fillOrthogonal(&tensor, gain: gain, from: &generator)
      return tensor
    }
    let draw = sampler(fanIn: fanIn, fanOut: fanOut)
    if type.dtype == .float64 {
      try tensor.withMutableScalars(as: Double.self) { elements in
        for index in elements.indices { elements[index] = draw(&generator) }
      }
    } else {
      try tensor.withMutableScalars(as: Float.self) { elements in
        for index in elements.indices { elements[index] = Float(draw(&generator)) }
      }
    }
    return tensor
  }

  private func sampler(fanIn: Int, fanOut: Int) -> (inout SeededGenerator) -> Double {
    func normal(deviation: Double) -> (inout SeededGenerator) -> Double {
      { $0.normal() * deviation }
    }
    func uniform(bound: Double) -> (inout SeededGenerator) -> Double {
      { (2 * $0.unit() - 1) * bound }
    }
    switch self {
    case .constant(let value):
      return { _ in value }
    case .he:
      return normal(deviation: (2 / Double(max(fanIn, 1))).squareRoot())
    case .leCun:
      return normal(deviation: (1 / Double(max(fanIn, 1))).squareRoot())
    case .normal(let deviation):
      return normal(deviation: deviation)
    case .glorot:
      return uniform(bound: (6 / max(Double(fanIn) + Double(fanOut), 1)).squareRoot())
    case .uniform(let bound):
      return uniform(bound: bound)
    case .truncatedNormal(let deviation):
      return { generator in
        while true {
          let number = generator.normal()
          if abs(number) <= 2 { return number * deviation }
        }
      }
    case .orthogonal(let gain):
      // Not drawn number by number.
      return { _ in gain }
    }
  }

  private func fillOrthogonal(
    _ tensor: inout Tensor, gain: Double, from generator: inout SeededGenerator
  ) throws {
    guard tensor.shape.rank >= 2 else {
      throw TidemillError(
        .tensor,
        "Orthogonal weights cannot be drawn for \(tensor.type); two axes or more are needed, the first of which counts "
          + "the rows.")
    }
    guard tensor.shape.count > 0 else { return }
    let rows = tensor.shape[0]
    let columns = tensor.shape.count / rows
    let matrix = orthogonalMatrix(rows: rows, columns: columns, from: &generator)
    if tensor.dtype == .float64 {
      try tensor.withMutableScalars(as: Double.self) { elements in
        for index in elements.indices { elements[index] = matrix[index] * gain }
      }
    } else {
      try tensor.withMutableScalars(as: Float.self) { elements in
        for index in elements.indices { elements[index] = Float(matrix[index] * gain) }
      }
    }
  }
}
