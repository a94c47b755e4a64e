import TidemillGraph

/// How far a number may be from a golden: so many units in the last place (ulps) of the golden, or of `scale` where
/// that is larger. NaN and infinities must be the same.
///
/// Both sides round. PyTorch's functions are within 1 ulp of the truth in float32 (SLEEF's) and ours within the
/// bounds that FunctionTests proves; in float64 both take a libm within 1 ulp, and make some functions of others.
struct GoldenTolerance: Sendable {
  let float32: Double
  let float64: Double
  var scale = 0.0

  /// What is one rounding of the exact result, or moves numbers without rounding: the same bits.
  static let exact = GoldenTolerance(float32: 0, float64: 0)

  /// Equal numbers, among which zeros of both signs are equal.
  static let equal = GoldenTolerance(float32: 0.25, float64: 0.25)

  /// A function whose error is at most `ulps` in float32.
  static func function(_ ulps: Double) -> GoldenTolerance {
    GoldenTolerance(float32: ulps + 2, float64: 4)
  }

  /// Functions whose formula subtracts numbers around 1 that nearly cancel.
  static let cancelling = GoldenTolerance(float32: 4, float64: 4, scale: 1)

  /// Sums of at most 105 products of numbers up to 8, in another order: the error is that of the sum's largest part.
  static let sum = GoldenTolerance(float32: 4, float64: 4, scale: 8)

  /// Up to 105 factors in another order, each with half an ulp on both sides.
  static let product = GoldenTolerance(float32: 105, float64: 105)

  /// Gradients are formulas of several steps on both sides, not the same ones, of numbers around 1.
  static let gradient = GoldenTolerance(float32: 12, float64: 12, scale: 1)

  /// What is wrong, or `nil`: how many elements, and the first of them with its operands.
  func mismatch(_ found: Tensor, _ expected: Tensor, _ operands: [Tensor]) -> String? {
    guard found.type == expected.type else {
      return "is \(found.type), not \(expected.type)"
    }
    let wrong: [Int]
    switch expected.dtype {
    case .float32: wrong = differing(found, expected, as: Float.self, ulps: float32)
    case .float64: wrong = differing(found, expected, as: Double.self, ulps: float64)
    case .int64:
      let pairs = zip(scalars(found, as: Int64.self), scalars(expected, as: Int64.self))
      wrong = pairs.enumerated().filter { $1.0 != $1.1 }.map(\.offset)
    default: wrong = expected.doubles.indices.filter { found.doubles[$0] != expected.doubles[$0] }
    }
    guard let first = wrong.first else { return nil }
    let of = operands.filter { $0.shape == expected.shape }.map { "\($0.doubles[first])" }
    return "\(wrong.count) elements differ; element \(first) is \(found.doubles[first]), not "
      + "\(expected.doubles[first])" + (of.isEmpty ? "" : ", of " + of.joined(separator: ", "))
  }

  private func differing<T: BinaryFloatingPoint & TensorScalar>(
    _ found: Tensor, _ expected: Tensor, as _: T.Type, ulps: Double
  ) -> [Int] {
    zip(scalars(found, as: T.self), scalars(expected, as: T.self)).enumerated()
      .filter { !agree($1.0, $1.1, ulps) }.map(\.offset)
  }

  /// Of a tensor that is of this type.
  private func scalars<T: TensorScalar>(_ tensor: Tensor, as _: T.Type) -> [T] {
    (try? tensor.scalars(as: T.self)) ?? []
  }

  private func agree<T: BinaryFloatingPoint>(_ found: T, _ expected: T, _ ulps: Double) -> Bool {
    if expected.isNaN { return found.isNaN }
    if found == expected { return found != 0 || ulps > 0 || found.sign == expected.sign }
    guard found.isFinite, expected.isFinite else { return false }
    let unit = T.maximum(expected.magnitude, T(scale)).ulp
    return Double((found - expected).magnitude / unit) <= ulps
  }
}
