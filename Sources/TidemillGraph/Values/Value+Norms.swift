extension Value {
  /// Layer norm of each row of the last axis: `(x − mean)/√(variance + epsilon)·gain + bias`.
  ///
  /// - Parameters:
  ///   - gain: One number for each entry of the last axis, shape `[columns]`; 1 if left out.
  ///   - bias: Of the same shape; 0 if left out.
  ///   - epsilon: Added to the variance, so that rows of equal numbers become 0; at least 0. Numbers so large that the
  ///     rounding of their mean is not small beside `√epsilon`, in float32 from about 10⁴ with the usual one, do not.
  /// - Returns: Of this value's type.
  /// - Complexity: One read and one write of the rows, where a row fits the cache.
  ///
  /// **Gradient**: of `x`, with the normalised rows `u` and `h = g·gain`, `(h − mean(h) − u·mean(h·u))/√(variance +
  /// epsilon)`; of gain and bias `Σ g·u` and `Σ g` over all rows. Keeps `x`, and nothing of its statistics.
  /// **Accuracy**: sums by the tree of ``sum(axes:keepingAxes:)``, the variance of distances from the mean.
  /// **Source**: Ba, Kiros, Hinton: Layer normalization, 2016.
  public func layerNorm(
    gain: Value? = nil, bias: Value? = nil, epsilon: Double = 1e-5
  ) -> Value {
    guard let bias, gain == nil else { return norm(.layer, gain, bias, epsilon) }
    // A gain must be there where there is a bias, as it comes first.
    guard bias.isValid else { return bias }
    return norm(.layer, bias.like(1), bias, epsilon)
  }

  /// RMS norm of each row of the last axis: `x/√(mean(x²) + epsilon)·gain`.
  ///
  /// - Parameters:
  ///   - gain: One number for each entry of the last axis, shape `[columns]`; 1 if left out.
  ///   - epsilon: Added to the mean of the squares, so that a row of zeros stays 0; at least 0.
  /// - Returns: Of this value's type.
  /// - Complexity: One read and one write of the rows, where a row fits the cache.
  ///
  /// **Gradient**: as that of ``layerNorm(gain:bias:epsilon:)``, without `mean(h)`.
  /// **Accuracy**: squares must not overflow.
  /// **Source**: Zhang, Sennrich: Root mean square layer normalization, 2019.
  public func rmsNorm(gain: Value? = nil, epsilon: Double = 1e-5) -> Value {
    norm(.rms, gain, nil, epsilon)
  }

  private func norm(
    _ kind: NormKind, _ gain: Value?, _ bias: Value?, _ epsilon: Double
  ) -> Value {
    let norm = Norm(kind: kind, epsilon: epsilon, hasGain: gain != nil, hasBias: bias != nil)
    guard epsilon >= 0, epsilon.isFinite else {
      return builder.diagnose("\(norm.name): epsilon is \(epsilon), but must be at least 0.")
    }
    return builder.apply(norm, [self] + [gain, bias].compactMap(\.self))
  }
}
