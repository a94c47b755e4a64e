extension Value {
  /// The square root.
  public func sqrt() -> Value { builder.apply(SquareRoot(), self) }
  /// `1/√x`
  public func rsqrt() -> Value { builder.apply(ReciprocalSquareRoot(), self) }
  /// `eˣ`
  public func exp() -> Value { builder.apply(Exponential(), self) }
  /// `eˣ − 1`, accurate near 0.
  public func expm1() -> Value { builder.apply(ExponentialMinusOne(), self) }
  /// The natural logarithm.
  public func log() -> Value { builder.apply(Logarithm(), self) }
  /// `log(1 + x)`, accurate near 0.
  public func log1p() -> Value { builder.apply(LogarithmOfOnePlus(), self) }
  /// The sine, of radians.
  public func sin() -> Value { builder.apply(Sine(), self) }
  /// The cosine, of radians.
  public func cos() -> Value { builder.apply(Cosine(), self) }
  /// The error function.
  public func erf() -> Value { builder.apply(ErrorFunction(), self) }
  /// The absolute value; of the least integer itself. **Gradient**: the sign; 0 at 0, NaN at NaN.
  public func abs() -> Value { builder.apply(AbsoluteValue(), self) }
  /// −1, 0 or 1, and NaN of NaN, as in NumPy. **Gradient**: 0.
  public func sign() -> Value { builder.apply(Sign(), self) }
  /// The largest integer that is not larger. **Gradient**: 0.
  public func floor() -> Value { builder.apply(Floor(), self) }
  /// The nearest integer, the even one of two. **Gradient**: 0.
  public func rounded() -> Value { builder.apply(Round(), self) }
  /// `x²`
  public func squared() -> Value { self * self }
  /// `xʸ` for a number `y`.
  public func power(_ exponent: Double) -> Value {
    builder.apply(Power(), self, like(exponent))
  }

  /// The hyperbolic tangent. **Gradient**: `1 − tanh²x`.
  public func tanh() -> Value { builder.apply(HyperbolicTangent(), self) }
  /// `1/(1 + e⁻ˣ)`. **Gradient**: `σ(1 − σ)`.
  public func sigmoid() -> Value { builder.apply(Sigmoid(), self) }
  /// `max(0, x)`; NaN stays. **Gradient**: 1 where `x > 0`, else 0, also at NaN.
  public func relu() -> Value { builder.apply(RectifiedLinear(), like(0), self) }
  /// `x` where positive, else `slope·x`.
  public func leakyRelu(slope: Double = 0.01) -> Value {
    select(self .> like(0), self, self * slope)
  }
  /// `x` where positive, else `alpha·(eˣ − 1)`.
  ///
  /// **Gradient**: 1 where `x > 0`, else `alpha·eˣ`; finite for any finite `x`.
  /// **Source**: Clevert, Unterthiner, Hochreiter: Fast and accurate deep network learning by exponential
  /// linear units (ELUs), 2016.
  public func elu(alpha: Double = 1) -> Value {
    let isPositive = self .> like(0)
    // The branch that is not taken must not overflow: its gradient would be 0·∞.
    let negative = select(isPositive, like(0), self).expm1() * alpha
    return select(isPositive, self, negative)
  }
  /// `scale·elu(x)`, with the two numbers that keep mean 0 and variance 1 from layer to layer.
  ///
  /// **Source**: Klambauer, Unterthiner, Mayr, Hochreiter: Self-normalizing neural networks, 2017.
  public func selu() -> Value { elu(alpha: 1.6732632423543772) * 1.0507009873554805 }
  /// `log(1 + eˣ)`. **Gradient**: the sigmoid.
  public func softplus() -> Value { builder.apply(Softplus(), self) }
  /// `x·σ(x)`; 0 at −∞. **Gradient**: 0 at −∞ and 1 at ∞.
  public func silu() -> Value { builder.apply(SigmoidLinearUnit(), self) }
  /// `x·Φ(x)`, with the normal distribution function; 0 at −∞. **Gradient**: 0 at −∞ and 1 at ∞.
  public func gelu() -> Value { builder.apply(GaussianErrorLinearUnit(), self) }

  /// `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, which is within 5e-4 of ``gelu()``; 0 at −∞.
  ///
  /// **Gradient**: 0 at −∞ and 1 at ∞.
  /// **Source**: Hendrycks, Gimpel: Gaussian error linear units (GELUs), 2016.
  public func geluTanh() -> Value { builder.apply(GaussianErrorLinearUnitByTanh(), self) }

  /// The nearest number that is not below `lower` and not above `upper`; NaN stays.
  ///
  /// - Parameters:
  ///   - lower: Not above `upper`; −∞ for no limit.
  ///   - upper: ∞ for no limit.
  ///
  /// **Gradient**: 1 from `lower` to `upper`, both included (0 there in PyTorch 2.15), else 0, also at NaN.
  public func clamped(from lower: Double, to upper: Double) -> Value {
    guard isValid else { return self }
    guard lower <= upper else {
      return builder.diagnose(
        "clamp: the lower limit is \(lower) and the upper \(upper); they must be numbers in order.")
    }
    return TidemillGraph.min(TidemillGraph.max(self, like(lower)), like(upper))
  }

  /// The same numbers in another type: towards zero and saturating from floating point to integers, and 0 of NaN.
  ///
  /// To floating point they are rounded to the nearest, the even one of two. Of int64, int32 keeps the lower 32 bits.
  /// True is what is not 0, NaN too.
  public func cast(to dtype: DType) -> Value {
    dtype == self.dtype ? self : builder.apply(Cast(dtype: dtype), self)
  }

  /// The value itself, but constant to gradients.
  public func stoppingGradient() -> Value { builder.apply(StopGradient(), self) }
}
