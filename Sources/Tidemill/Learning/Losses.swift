import TidemillGraph

/// The mean softmax cross entropy of rows with their labels.
///
/// `1/R Σᵣ (log Σ exp(logits[r,:]) − logits[r, labels[r]])`
///
/// - Parameters:
///   - logits: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64; one outside of `0 ..< classes` stops the run.
/// - Returns: A scalar.
public func softmaxCrossEntropy(_ logits: Value, labels: Value) -> Value {
  softmaxCrossEntropyPerRow(logits, labels: labels).mean()
}

/// The mean over all elements of the squared difference.
///
/// - Parameters:
///   - prediction: Any shape, floating point.
///   - target: The same shape and type, or one that broadcasts to it.
/// - Returns: A scalar.
public func meanSquaredError(_ prediction: Value, _ target: Value) -> Value {
  (prediction - target).squared().mean()
}

/// `eˣ / Σ eˣ` over the last axis.
public func softmax(_ logits: Value) -> Value { logits.softmax() }
