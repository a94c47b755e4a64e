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
  /// The absolute value. **Gradient**: the sign; 0 at 0.
  public func abs() -> Value { builder.apply(AbsoluteValue(), self) }
  /// −1, 0 or 1. **Gradient**: 0.
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
  /// `max(0, x)`. **Gradient**: 1 where `x > 0`, else 0.
  public func relu() -> Value { builder.apply(RectifiedLinear(), like(0), self) }
  /// `x` where positive, else `slope·x`.
  public func leakyRelu(slope: Double = 0.01) -> Value {
    select(self .> like(0), self, self * slope)
  }
  /// `log(1 + eˣ)`. **Gradient**: the sigmoid.
  public func softplus() -> Value { builder.apply(Softplus(), self) }
  /// `x·σ(x)`
  public func silu() -> Value { self * sigmoid() }
  /// `x·Φ(x)`, with the normal distribution function by `erf`.
  public func gelu() -> Value { self * 0.5 * ((self * 0.7071067811865476).erf() + 1) }

  /// The same numbers in another type: towards zero and saturating from floating point to integers.
  public func cast(to dtype: DType) -> Value {
    dtype == self.dtype ? self : builder.apply(Cast(dtype: dtype), self)
  }

  /// The value itself, but constant to gradients.
  public func stoppingGradient() -> Value { builder.apply(StopGradient(), self) }
}
