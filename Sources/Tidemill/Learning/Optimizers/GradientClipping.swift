import TidemillGraph

/// How gradients are made smaller before an optimiser sees them.
///
/// **Source**: Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, 2013.
public struct GradientClipping: Codable, Equatable, Sendable {
  /// By the names that checkpoints have for them.
  enum Rule: String, Codable {
    case value
    case globalNorm = "norm"
  }

  let rule: Rule
  let bound: Double

  /// Every element to `-bound ... bound`.
  public static func value(_ bound: Double) -> GradientClipping {
    GradientClipping(rule: .value, bound: bound)
  }

  /// All gradients by the same factor, so that the norm of all of them together is at most `bound`.
  ///
  /// `g · min(1, bound / (√Σ g² + 10⁻⁶))`. Where the norm is NaN or infinite the run throws, and all state stays.
  public static func globalNorm(_ bound: Double) -> GradientClipping {
    GradientClipping(rule: .globalNorm, bound: bound)
  }

  /// Records the clipping.
  ///
  /// Diagnoses a bound that is not positive and finite.
  ///
  /// - Parameter gradients: Of all parameters of a step.
  /// - Returns: As many values, of the same types.
  package func clipped(_ gradients: [Value], in graph: GraphBuilder) -> [Value] {
    guard bound > 0, bound.isFinite else {
      graph.diagnose("clipping: the bound must be positive and finite, but \(bound) was given.")
      return gradients
    }
    switch rule {
    case .value:
      return gradients.map { min(max($0, $0.like(-bound)), $0.like(bound)) }
    case .globalNorm:
      let norm = graph.globalNorm(of: gradients)
      graph.requireFinite(norm, "the norm of the gradient")
      let factor = min(bound / (norm + 1e-6), norm.like(1))
      return gradients.map { $0 * factor.cast(to: $0.dtype) }
    }
  }
}

extension GraphBuilder {
  /// `√Σ x²` over all elements of all values, as a float64 scalar.
  ///
  /// Elements are squared and added up in their own type, so that float32 overflows from a norm of about 10¹⁹ on.
  ///
  /// - Parameter values: Floating point.
  public func globalNorm(of values: [Value]) -> Value {
    values.map { $0.squared().sum().cast(to: .float64) }
      .reduce(fill(0, .scalar, .float64), +).sqrt()
  }
}
