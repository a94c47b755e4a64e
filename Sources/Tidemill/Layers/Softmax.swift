import TidemillGraph

/// `eˣ / Σ eˣ` along an axis: probabilities of classes.
///
/// Losses such as ``softmaxCrossEntropy(_:labels:classWeights:smoothing:reduction:)`` take logits, so a network that is
/// trained by one needs no softmax at its end.
public struct Softmax: Layer {
  private let axis: Int

  /// Makes the layer; a negative axis counts from the last.
  public init(axis: Int = -1) { self.axis = axis }

  /// Records the softmax.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.softmax(axis: axis) }
}

/// The logarithm of the softmax along an axis.
public struct LogSoftmax: Layer {
  private let axis: Int

  /// Makes the layer; a negative axis counts from the last.
  public init(axis: Int = -1) { self.axis = axis }

  /// Records the logarithm of the softmax.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.logSoftmax(axis: axis) }
}
