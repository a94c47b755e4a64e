import TidemillGraph

/// The mean over all elements of the squared difference.
///
/// `1/(N·c) Σ (prediction − target)²` for `N` samples of `c` numbers; see ``squaredError(_:_:factor:reduction:)`` for
/// other factors.
///
/// - Parameters:
///   - prediction: Any shape, floating point.
///   - target: The same shape and type, or one that broadcasts to it.
/// - Returns: A scalar.
public func meanSquaredError(_ prediction: Value, _ target: Value) -> Value {
  squaredError(prediction, target, reduction: .mean)
}

/// A squared difference, with the factor that a text gives it.
///
/// | loss | factor | reduction |
/// |---|---|---|
/// | `Σ (y − t)²` | 1 | sum |
/// | `½ Σ (y − t)²` | 0.5 | sum |
/// | `1/(2N) Σ (y − t)²` or, of `c` outputs, `1/(2cN) ΣΣ (y − t)²` | 0.5 | mean |
/// | `1/N Σ (y − t)²` | 1 | mean |
///
/// - Parameters:
///   - prediction: Any shape, floating point.
///   - target: The same shape and type, or one that broadcasts to it.
///   - factor: In front of each square.
///   - reduction: Over all elements.
/// - Returns: A scalar; with no reduction, of the shape of `prediction`.
///
/// **Gradient**: `2·factor·(prediction − target)`, divided by the number of elements for a mean.
public func squaredError(
  _ prediction: Value, _ target: Value, factor: Double = 1, reduction: LossReduction = .sum
) -> Value {
  let (prediction, target) = paired("squaredError", prediction, target)
  let squares = (prediction - target).squared().reduced(by: reduction)
  return factor == 1 ? squares : squares * factor
}

/// The absolute difference, or L1 loss.
///
/// `|prediction − target|`
///
/// - Parameters:
///   - prediction: Any shape, floating point.
///   - target: The same shape and type, or one that broadcasts to it.
///   - reduction: Over all elements.
/// - Returns: A scalar; with no reduction, of the shape of `prediction`.
///
/// **Gradient**: the sign of the difference; 0 where there is none.
public func absoluteError(
  _ prediction: Value, _ target: Value, reduction: LossReduction = .mean
) -> Value {
  let (prediction, target) = paired("absoluteError", prediction, target)
  return (prediction - target).abs().reduced(by: reduction)
}

/// Squares of small differences, absolute values of large ones.
///
/// `d²/2` where `|d| ≤ δ`, else `δ(|d| − δ/2)`, for `d = prediction − target`.
///
/// Diagnoses a `delta` that is not positive and finite.
///
/// - Parameters:
///   - prediction: Any shape, floating point.
///   - target: The same shape and type, or one that broadcasts to it.
///   - delta: δ.
///   - reduction: Over all elements.
/// - Returns: A scalar; with no reduction, of the shape of `prediction`.
///
/// **Gradient**: `d`, but not beyond `−δ` and `δ`.
/// **Source**: Huber: Robust estimation of a location parameter, 1964.
public func huberLoss(
  _ prediction: Value, _ target: Value, delta: Double = 1, reduction: LossReduction = .mean
) -> Value {
  guard delta > 0, delta.isFinite else {
    return prediction.builder.diagnose(
      "huberLoss: delta must be positive and finite, but \(delta) was given.")
  }
  let (prediction, target) = paired("huberLoss", prediction, target)
  let distance = (prediction - target).abs()
  // q(d − q/2) with q = min(d, δ) is both cases, without a square that could overflow.
  let small = min(distance, distance.like(delta))
  return (small * (distance - small * 0.5)).reduced(by: reduction)
}
