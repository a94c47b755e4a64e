import TidemillGraph

/// In training, zero for some elements, drawn anew at each step, while the others grow so that the mean stays; in
/// inference nothing.
///
/// Which ones are dropped depends on the session's seed, its step, the layer's place in the graph and the element's
/// position alone, so on neither threads nor recomputation.
///
/// **Source**: Srivastava et al.: Dropout: a simple way to prevent neural networks from overfitting, 2014.
public struct Dropout: Layer {
  /// The share of zeros.
  public let rate: Double

  /// Makes the layer.
  ///
  /// - Parameter rate: The share of zeros, at least 0 and below 1; another one is diagnosed, in both modes.
  public init(_ rate: Double = 0.5) { self.rate = rate }

  /// Records `x / (1 − rate)` with probability `1 − rate`, else 0; in inference `x`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    input.dropout(rate, isTraining: mode == .training)
  }
}
