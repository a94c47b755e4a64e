import TidemillGraph

/// A penalty `Ω(θ)` on parameters, which is added to the loss: `J = L + Ω(θ)`.
///
/// ```swift
/// let elastic = Regularizer.l1(1e-5) + .l2(1e-4)
/// g.minimize(loss, over: network.parameters, with: Adam(), regularizing: elastic)
/// let total = loss + elastic.penalty(on: network.parameters, in: g)   // J, where it is wanted as a number
/// ```
///
/// **Source**: Goodfellow, Bengio, Courville: Deep learning, 2016, section 7.1.
public struct Regularizer: Sendable {
  private let absolute: Double
  private let squared: Double

  /// `λ·Σ|w|`: makes weights exactly unimportant. Its gradient is `λ·sign(w)`, 0 at 0.
  public static func l1(_ strength: Double) -> Regularizer {
    Regularizer(absolute: strength, squared: 0)
  }

  /// `λ/2·Σw²`: makes weights small. Its gradient is `λw`. For a penalty `λ·Σw²` give `2λ`.
  public static func l2(_ strength: Double) -> Regularizer {
    Regularizer(absolute: 0, squared: strength)
  }

  /// Both penalties.
  public static func + (lhs: Regularizer, rhs: Regularizer) -> Regularizer {
    Regularizer(absolute: lhs.absolute + rhs.absolute, squared: lhs.squared + rhs.squared)
  }

  /// Records the penalty.
  ///
  /// Diagnoses a strength that is negative or not finite.
  ///
  /// - Parameters:
  ///   - parameters: A shared one counts once.
  ///   - graph: Where to record it.
  ///   - dtype: Of the result; floating point.
  /// - Returns: A scalar.
  public func penalty(
    on parameters: [Parameter], in graph: GraphBuilder, _ dtype: DType = .float32
  ) -> Value {
    for strength in [absolute, squared] where !(strength >= 0 && strength.isFinite) {
      return graph.diagnose(
        "regularizer: the strength must be finite and 0 or more, but \(strength) was given.")
    }
    var penalty = graph.fill(0, .scalar, dtype)
    for parameter in parameters.distinct {
      let weight = graph.read(parameter)
      if absolute != 0 { penalty = penalty + (weight.abs().sum() * absolute).cast(to: dtype) }
      if squared != 0 {
        penalty = penalty + (weight.squared().sum() * (squared / 2)).cast(to: dtype)
      }
    }
    return penalty
  }
}

extension [Parameter] {
  /// Each once, in the order of first occurrence.
  var distinct: [Parameter] {
    var seen: Set<ObjectIdentifier> = []
    return filter { seen.insert(ObjectIdentifier($0)).inserted }
  }
}
