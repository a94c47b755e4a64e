import TidemillGraph

/// The softmax cross entropy of rows with their labels.
///
/// `ℓ[r] = log Σ exp(logits[r,:]) − logits[r, labels[r]]`, and over all rows `1/R Σᵣ ℓ[r]`.
///
/// With class weights `w` and smoothing `s`, for `p = softmax(logits[r,:])`, `y = labels[r]` and `C` classes,
///
/// `ℓ[r] = −(1 − s)·w[y]·log p[y] − s/C·Σ_c w[c]·log p[c]`, and the mean is `Σᵣ ℓ[r] / Σᵣ w[labels[r]]`.
///
/// Diagnoses weights that are negative or not one for each class, and a smoothing outside of `0 ... 1`.
///
/// - Parameters:
///   - logits: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64; one outside of `0 ..< classes` stops the run.
///   - weights: How much each class counts; all the same if left out.
///   - smoothing: How much of each label is given to all classes in equal parts.
///   - reduction: Over rows.
/// - Returns: A scalar; with no reduction, shape `[rows]`.
///
/// **Source**: smoothing: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception architecture, 2016.
public func softmaxCrossEntropy(
  _ logits: Value, labels: Value, classWeights weights: [Double]? = nil, smoothing: Double = 0,
  reduction: LossReduction = .mean
) -> Value {
  // The operation that knows how to stop a run for a label that is out of range.
  var losses = softmaxCrossEntropyPerRow(logits, labels: labels)
  if weights == nil && smoothing == 0 { return losses.reduced(by: reduction) }
  guard losses.isValid, let rows = Rows("softmaxCrossEntropy", logits, labels: labels),
    isFraction(smoothing, in: logits.builder)
  else { return logits.builder.invalid }
  var ofClasses: Value?
  var ofRows: Value?
  if let weights {
    guard
      let values = classWeights(
        "softmaxCrossEntropy", weights, of: rows.classes, logits.dtype, in: logits.builder)
    else { return logits.builder.invalid }
    ofClasses = values
    let all = values.reshaped(to: [1, rows.classes]).broadcast(to: logits.shape)
    ofRows = rows.atLabel(all)
  }
  if let ofRows { losses = losses * ofRows }
  if smoothing != 0 {
    let logarithms = logits.logSoftmax()
    let others = (ofClasses.map { logarithms * $0 } ?? logarithms).sum(axes: [1])
    losses = losses * (1 - smoothing) - others * (smoothing / Double(max(rows.classes, 1)))
  }
  guard case .mean = reduction, let ofRows else { return losses.reduced(by: reduction) }
  return losses.sum() / ofRows.sum()
}

/// The softmax cross entropy of rows with probabilities of classes, such as one-hot labels.
///
/// `ℓ[r] = −Σ_c w[c]·t[c]·log softmax(logits[r,:])[c]` with `t = (1 − s)·targets[r,:] + s/C`; the mean is that over
/// rows, whatever the weights `w`.
///
/// Diagnoses weights that are negative or not one for each class, and a smoothing outside of `0 ... 1`.
///
/// - Parameters:
///   - logits: Shape `[..., classes]`, floating point, finite.
///   - targets: The same shape and type; each row adds up to 1. For labels, `oneHot(_:_:)`.
///   - weights: `w`, how much each class counts; all the same if left out.
///   - smoothing: `s`, how much of each target is given to all classes in equal parts.
///   - reduction: Over rows.
/// - Returns: A scalar; with no reduction, shape `[...]`.
public func softmaxCrossEntropy(
  _ logits: Value, targets: Value, classWeights weights: [Double]? = nil, smoothing: Double = 0,
  reduction: LossReduction = .mean
) -> Value {
  let (logits, targets) = paired("softmaxCrossEntropy", logits, targets)
  guard logits.isValid, hasClasses("softmaxCrossEntropy", logits),
    isFraction(smoothing, in: logits.builder)
  else { return logits.builder.invalid }
  let classes = logits.shape[logits.shape.rank - 1]
  var target = targets
  if smoothing != 0 {
    target = target * (1 - smoothing) + smoothing / Double(max(classes, 1))
  }
  if let weights {
    guard
      let values = classWeights(
        "softmaxCrossEntropy", weights, of: classes, logits.dtype, in: logits.builder)
    else { return logits.builder.invalid }
    target = target * values
  }
  return (-(target * logits.logSoftmax()).sum(axes: [-1])).reduced(by: reduction)
}

/// The cross entropy of yes-or-no answers with their probabilities, which are given as logits.
///
/// `ℓ = −w·t·log σ(x) − (1 − t)·log(1 − σ(x))`, computed as `w·t·softplus(−x) + (1 − t)·softplus(x)`, which neither
/// overflows nor loses digits for any `x`.
///
/// Diagnoses a weight that is negative or not finite.
///
/// - Parameters:
///   - logits: `x`, any shape, floating point.
///   - targets: `t`, in `0 ... 1`; the same shape and type, or one that broadcasts to it.
///   - positiveWeight: `w`, how much an answer of 1 counts, beside one of 0.
///   - reduction: Over all elements.
/// - Returns: A scalar; with no reduction, of the shape of `logits`.
///
/// **Gradient**: `(1 − t)·σ(x) − w·t·σ(−x)`; with no weight this is `σ(x) − t`.
public func binaryCrossEntropy(
  _ logits: Value, targets: Value, positiveWeight: Double = 1, reduction: LossReduction = .mean
) -> Value {
  guard positiveWeight >= 0, positiveWeight.isFinite else {
    return logits.builder.diagnose(
      "binaryCrossEntropy: the weight must be finite and 0 or more, but \(positiveWeight) was given."
    )
  }
  let (logits, targets) = paired("binaryCrossEntropy", logits, targets)
  let ofOnes = targets * (-logits).softplus()
  let ofZeros = (1 - targets) * logits.softplus()
  return (ofOnes * positiveWeight + ofZeros).reduced(by: reduction)
}

/// How much one distribution differs from another: the Kullback-Leibler divergence.
///
/// `KL(t ‖ p) = Σ_c t[c]·(log t[c] − log p[c])`, where `0·log 0 = 0`
///
/// - Parameters:
///   - logProbabilities: `log p`, shape `[..., classes]`, floating point, finite; of logits, that is
///     `logSoftmax()`.
///   - targets: `t`, the same shape and type, or one that broadcasts to it; each row adds up to 1.
///   - reduction: Over rows. PyTorch calls this mean `batchmean`.
/// - Returns: A scalar; with no reduction, shape `[...]`.
///
/// **Source**: Kullback, Leibler: On information and sufficiency, 1951.
public func klDivergence(
  _ logProbabilities: Value, targets: Value, reduction: LossReduction = .mean
) -> Value {
  let (logProbabilities, targets) = paired("klDivergence", logProbabilities, targets)
  guard logProbabilities.isValid, hasClasses("klDivergence", logProbabilities) else {
    return logProbabilities.builder.invalid
  }
  let isPositive = targets .> targets.like(0)
  let logarithms = select(isPositive, targets, targets.like(1)).log()
  return (targets * (logarithms - logProbabilities)).sum(axes: [-1]).reduced(by: reduction)
}

/// `eˣ / Σ eˣ` over the last axis.
public func softmax(_ logits: Value) -> Value { logits.softmax() }

private func isFraction(_ smoothing: Double, in graph: GraphBuilder) -> Bool {
  if smoothing >= 0 && smoothing <= 1 { return true }
  graph.diagnose(
    "softmaxCrossEntropy: smoothing must be in 0 ... 1, but \(smoothing) was given.")
  return false
}

private func hasClasses(_ name: String, _ logits: Value) -> Bool {
  if logits.shape.rank > 0 { return true }
  logits.builder.diagnose("\(name): \(logits.type) has no axis of classes; the last one is that.")
  return false
}
