extension Value {
  /// The sum, broadcast; integers wrap around. **Gradient**: distributes.
  public static func + (lhs: Value, rhs: Value) -> Value { lhs.combined(Add(), with: rhs) }
  /// The difference, broadcast; integers wrap around.
  public static func - (lhs: Value, rhs: Value) -> Value { lhs.combined(Subtract(), with: rhs) }
  /// The product, broadcast; integers wrap around. **Gradient**: each operand's is the cotangent times the other.
  public static func * (lhs: Value, rhs: Value) -> Value { lhs.combined(Multiply(), with: rhs) }
  /// The quotient, broadcast. Integers: towards zero, and 0 where the divisor is 0; the least one by −1 is itself.
  ///
  /// **Gradient**: `g/y` and `−(g/y)·(x/y)`; the second is not finite where `g/y` overflows, and NaN if `x` is 0 there.
  public static func / (lhs: Value, rhs: Value) -> Value { lhs.combined(Divide(), with: rhs) }
  /// The negative; of the least integer itself.
  public static prefix func - (operand: Value) -> Value {
    operand.builder.apply(Negate(), operand)
  }

  /// The sum with a number.
  public static func + (lhs: Value, rhs: Double) -> Value { lhs + lhs.like(rhs) }
  /// The sum with a number.
  public static func + (lhs: Double, rhs: Value) -> Value { rhs.like(lhs) + rhs }
  /// The difference with a number.
  public static func - (lhs: Value, rhs: Double) -> Value { lhs - lhs.like(rhs) }
  /// The difference with a number.
  public static func - (lhs: Double, rhs: Value) -> Value { rhs.like(lhs) - rhs }
  /// The product with a number.
  public static func * (lhs: Value, rhs: Double) -> Value { lhs * lhs.like(rhs) }
  /// The product with a number.
  public static func * (lhs: Double, rhs: Value) -> Value { rhs.like(lhs) * rhs }
  /// The quotient with a number.
  public static func / (lhs: Value, rhs: Double) -> Value { lhs / lhs.like(rhs) }
  /// The quotient with a number.
  public static func / (lhs: Double, rhs: Value) -> Value { rhs.like(lhs) / rhs }

  /// Whether elements are equal, as bool.
  public static func .== (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.equal), with: rhs)
  }
  /// Whether elements differ, as bool.
  public static func .!= (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.notEqual), with: rhs)
  }
  /// Whether elements of the left are smaller, as bool.
  public static func .< (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.less), with: rhs)
  }
  /// Whether elements of the left are smaller or equal, as bool.
  public static func .<= (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.lessOrEqual), with: rhs)
  }
  /// Whether elements of the left are larger, as bool.
  public static func .> (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.greater), with: rhs)
  }
  /// Whether elements of the left are larger or equal, as bool.
  public static func .>= (lhs: Value, rhs: Value) -> Value {
    lhs.combined(Comparison(.greaterOrEqual), with: rhs)
  }
  /// Logical and of bools.
  public static func .& (lhs: Value, rhs: Value) -> Value { lhs.combined(Logic(.and), with: rhs) }
  /// Logical or of bools.
  public static func .| (lhs: Value, rhs: Value) -> Value { lhs.combined(Logic(.or), with: rhs) }
  /// Logical not of bools.
  public static prefix func .! (operand: Value) -> Value {
    operand.builder.apply(Logic(.not), operand)
  }
}

/// The larger of two values, element by element, broadcast; NaN where either is NaN. Zeros of both signs are equal,
/// and either may come out.
///
/// **Gradient**: goes to the larger; where both are equal, to `lhs`, where either is NaN, to `rhs`.
public func max(_ lhs: Value, _ rhs: Value) -> Value { lhs.combined(Maximum(), with: rhs) }

/// The smaller of two values, element by element, broadcast; NaN where either is NaN. Zeros of both signs are equal,
/// and either may come out.
///
/// **Gradient**: goes to the smaller; where both are equal, to `lhs`, where either is NaN, to `rhs`.
public func min(_ lhs: Value, _ rhs: Value) -> Value { lhs.combined(Minimum(), with: rhs) }

/// `base` to the power `exponent`, broadcast; at zeros, infinities and NaN as C's annex F says: `x⁰` and `1ʸ` are 1, also
/// of NaN, and a negative number to a fraction is NaN.
///
/// **Gradient**: `y·xʸ⁻¹` and `xʸ·log x`, the second 0 where `x ≤ 0`.
public func power(_ base: Value, _ exponent: Value) -> Value {
  base.combined(Power(), with: exponent)
}

/// `first` where the condition is true, `second` elsewhere; all three broadcast.
///
/// - Parameters:
///   - condition: Bool.
///   - first: Picked where the condition is true.
///   - second: Picked elsewhere; of the type of `first`.
public func select(_ condition: Value, _ first: Value, _ second: Value) -> Value {
  guard let choices = Shape.broadcast(first.shape, second.shape),
    let shape = Shape.broadcast(condition.shape, choices)
  else {
    return condition.builder.diagnose(
      "select: the shapes \(condition.shape), \(first.shape) and \(second.shape) do not broadcast.")
  }
  return condition.builder.apply(
    Select(), condition.broadcast(to: shape), first.broadcast(to: shape),
    second.broadcast(to: shape))
}
