import TidemillGraph

/// What becomes of the losses of single samples or elements.
public enum LossReduction: Sendable {
  /// They stay apart.
  case none
  /// Their sum.
  case sum
  /// Their mean.
  case mean
}

extension Value {
  func reduced(by reduction: LossReduction) -> Value {
    switch reduction {
    case .none: self
    case .sum: sum()
    case .mean: mean()
    }
  }
}

/// The two values of a loss, which are of one floating-point type, and the second no larger than the first.
///
/// A target that would make the prediction larger is nearly always a mistake, such as `[N]` beside `[N, 1]`.
func paired(_ name: String, _ prediction: Value, _ target: Value) -> (Value, Value) {
  guard prediction.isValid, target.isValid else {
    return (prediction.builder.invalid, prediction.builder.invalid)
  }
  guard prediction.dtype.isFloatingPoint, target.dtype == prediction.dtype,
    Shape.broadcast(prediction.shape, target.shape) == prediction.shape
  else {
    let wrong = prediction.builder.diagnose(
      "\(name): the prediction is \(prediction.type) and the target \(target.type); give a target of the "
        + "prediction's floating-point type and of its shape, or one that broadcasts to it.")
    return (wrong, wrong)
  }
  return (prediction, target)
}
