import Foundation
import TidemillGraph

/// How a weight's first numbers are drawn.
public struct Initializer: Sendable {
  private enum Distribution: Sendable {
    case constant(Double)
    case uniform(bound: @Sendable (_ fanIn: Int, _ fanOut: Int) -> Double)
    case normal(deviation: @Sendable (_ fanIn: Int, _ fanOut: Int) -> Double)
  }

  private let distribution: Distribution

  /// Normal with variance `2 / fanIn`: keeps the size of signals through ReLU.
  ///
  /// **Source**: He, Zhang, Ren, Sun: Delving deep into rectifiers, 2015.
  public static let he = Initializer(
    distribution: .normal { fanIn, _ in (2 / Double(max(fanIn, 1))).squareRoot() })

  /// Uniform with variance `2 / (fanIn + fanOut)`: keeps the size of signals through tanh, both ways.
  ///
  /// **Source**: Glorot, Bengio: Understanding the difficulty of training deep feedforward networks, 2010.
  public static let glorot = Initializer(
    distribution: .uniform { fanIn, fanOut in
      (6 / max(Double(fanIn) + Double(fanOut), 1)).squareRoot()
    })

  /// Zero everywhere.
  public static let zeros = constant(0)

  /// The same number everywhere.
  public static func constant(_ value: Double) -> Initializer {
    Initializer(distribution: .constant(value))
  }

  /// Uniform in `-bound ..< bound`.
  public static func uniform(bound: Double) -> Initializer {
    Initializer(distribution: .uniform { _, _ in bound })
  }

  /// Normal with mean 0.
  public static func normal(deviation: Double) -> Initializer {
    Initializer(distribution: .normal { _, _ in deviation })
  }

  /// Draws a tensor.
  ///
  /// - Parameters:
  ///   - type: Floating point.
  ///   - fanIn: How many inputs each output has.
  ///   - fanOut: How many outputs each input has.
  ///   - seed: The same seed draws the same numbers, wherever the C library's `log` and `cos` do.
  /// - Throws: `tensor` where the shape is not possible or the type not floating point.
  public func tensor(
    _ type: TensorType, fanIn: Int, fanOut: Int, seed: UInt64
  ) throws -> Tensor {
    guard type.shape.isValid, type.dtype.isFloatingPoint else {
      throw TidemillError(
        .tensor, "Weights cannot be drawn for \(type); a possible shape of floats is needed.")
    }
    // The memory first: for a size that is not to be had this throws, where an array would trap.
    var tensor = try Tensor(zeros: type.shape, type.dtype)
    let draw = sampler(fanIn: fanIn, fanOut: fanOut)
    var generator = SeededGenerator(seed: seed)
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
    func unit(_ generator: inout SeededGenerator) -> Double {
      Double(generator.next() >> 11) * 0x1p-53
    }
    switch distribution {
    case .constant(let value):
      return { _ in value }
    case .uniform(let bound):
      let bound = bound(fanIn, fanOut)
      return { (2 * unit(&$0) - 1) * bound }
    case .normal(let deviation):
      // Box and Muller, 1958.
      let deviation = deviation(fanIn, fanOut)
      return { generator in
        let radius = (-2 * log(1 - unit(&generator))).squareRoot()
        return radius * cos(2 * .pi * unit(&generator)) * deviation
      }
    }
  }
}
