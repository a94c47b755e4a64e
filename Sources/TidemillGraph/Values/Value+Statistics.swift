extension Value {
  /// The mean squared distance from the mean over axes, in two passes: `Σ (x − mean)² / (n − correction)`; 0 of
  /// nothing, as the mean.
  ///
  /// - Parameters:
  ///   - axes: All of them if left out; negative ones count from the last.
  ///   - correction: 0 for the variance of these numbers, 1 to estimate that of what they are drawn from; less
  ///     than the number of elements `n`.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  ///
  /// **Gradient**: `2·g·(x − mean) / (n − correction)`.
  public func variance(
    axes: [Int]? = nil, correction: Int = 0, keepingAxes: Bool = false
  ) -> Value {
    guard let reduced = normalized(axes, "variance") else { return builder.invalid }
    guard dtype.isFloatingPoint else {
      return builder.diagnose(
        "variance: \(type) has no fractions; cast it to floating point first.")
    }
    let count = reduced.reduce(1) { $0 * shape[$1] }
    guard correction >= 0, correction < Swift.max(count, 1) else {
      return builder.diagnose(
        "variance: the axes \(reduced) of \(type) have \(count) elements, which a correction of "
          + "\(correction) does not fit; it must be at least 0 and smaller.")
    }
    let distance = self - mean(axes: axes, keepingAxes: true)
    return distance.squared().sum(axes: axes, keepingAxes: keepingAxes)
      * (1 / Double(Swift.max(count - correction, 1)))
  }

  /// The Euclidean norm over axes: `√Σ x²`.
  ///
  /// - Parameters:
  ///   - axes: All of them if left out; negative ones count from the last.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  ///
  /// **Gradient**: `g·x/norm`; where all elements are 0 there is none, and 0 is taken, a subgradient.
  /// **Accuracy**: squares must not overflow; a norm whose square is too small for the type is 0.
  public func norm(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    guard let reduced = normalized(axes, "norm") else { return builder.invalid }
    guard dtype.isFloatingPoint else {
      return builder.diagnose("norm: \(type) has no fractions; cast it to floating point first.")
    }
    guard !reduced.isEmpty else { return abs() }
    let squares = squared().sum(axes: axes, keepingAxes: keepingAxes)
    // The root's gradient at 0 is infinite, and 0·∞ is NaN: there it never sees the 0.
    let isZero = squares .== squares.like(0)
    return select(isZero, squares.like(0), select(isZero, squares.like(1), squares).sqrt())
  }
}
