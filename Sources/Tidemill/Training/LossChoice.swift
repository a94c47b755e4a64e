import TidemillGraph

/// What a classifier's training makes small, without penalties on its parameters.
public enum LossChoice: Codable, Equatable, Sendable {
  /// The softmax cross entropy; see ``softmaxCrossEntropy(_:labels:classWeights:smoothing:reduction:)``.
  case crossEntropy(smoothing: Double = 0, classWeights: [Double]? = nil)
  /// The hinge loss of all classes; see ``multiClassHingeLoss(_:labels:margin:reduction:)``.
  case hinge(margin: Double = 1)
  /// The binary cross entropy of each class against all others, summed; see
  /// ``binaryCrossEntropy(_:targets:positiveWeight:reduction:)``.
  case binaryCrossEntropy
  /// `½ Σ_c (logits[c] − t[c])²` for the one-hot label `t` of a sample.
  case squaredError
  /// `Σ_c |logits[c] − t[c]|`
  case absoluteError
  /// The sum of ``huberLoss(_:_:delta:reduction:)`` over `logits[c] − t[c]`.
  case huber(delta: Double = 1)

  /// The mean over the samples of a batch.
  func mean(_ logits: Value, labels: Value) -> Value {
    guard case .crossEntropy(let smoothing, let weights) = self else {
      return perSample(logits, labels: labels).mean()
    }
    return softmaxCrossEntropy(logits, labels: labels, classWeights: weights, smoothing: smoothing)
  }

  /// The loss of each sample; their sum, divided by ``weight(of:)``, is the mean.
  func perSample(_ logits: Value, labels: Value) -> Value {
    switch self {
    case .crossEntropy(let smoothing, let weights):
      return softmaxCrossEntropy(
        logits, labels: labels, classWeights: weights, smoothing: smoothing, reduction: .none)
    case .hinge(let margin):
      return multiClassHingeLoss(logits, labels: labels, margin: margin, reduction: .none)
    case .binaryCrossEntropy, .squaredError, .absoluteError, .huber:
      guard logits.isValid, labels.isValid, logits.shape.rank == 2 else {
        return logits.builder.invalid
      }
      return perElement(logits, labels.oneHot(logits.shape[1], logits.dtype)).sum(axes: [1])
    }
  }

  /// The losses that take each output by itself.
  private func perElement(_ logits: Value, _ targets: Value) -> Value {
    switch self {
    case .binaryCrossEntropy:
      Tidemill.binaryCrossEntropy(logits, targets: targets, reduction: .none)
    case .absoluteError: Tidemill.absoluteError(logits, targets, reduction: .none)
    case .huber(let delta): huberLoss(logits, targets, delta: delta, reduction: .none)
    default: Tidemill.squaredError(logits, targets, factor: 0.5, reduction: .none)
    }
  }

  /// How much samples count in a mean: one each, unless classes have weights.
  func weight(of labels: Tensor) throws -> Double {
    guard case .crossEntropy(_, let weights?) = self else { return Double(labels.count) }
    return try labels.withScalars(as: Int32.self) { labels in
      labels.reduce(0) { $0 + weights[Int($1)] }
    }
  }

  /// - Throws: `argument` with the first number that is out of range.
  func check() throws {
    switch self {
    case .crossEntropy(let smoothing, let weights):
      try OptionCheck.require(
        smoothing >= 0 && smoothing <= 1, "label smoothing must be in 0 ... 1", smoothing)
      for weight in weights ?? [] {
        // A batch of samples that count nothing has no mean.
        try OptionCheck.require(
          weight > 0 && weight.isFinite, "weight of a class must be finite and more than 0", weight)
      }
    case .hinge(let margin):
      try OptionCheck.require(
        margin > 0 && margin.isFinite, "margin must be finite and more than 0", margin)
    case .huber(let delta):
      try OptionCheck.require(
        delta > 0 && delta.isFinite, "delta must be finite and more than 0", delta)
    case .binaryCrossEntropy, .squaredError, .absoluteError: break
    }
  }

  /// - Throws: `argument` where there are weights, but not one for each class.
  func check(classes: Int) throws {
    guard case .crossEntropy(_, let weights?) = self, weights.count != classes else { return }
    throw TidemillError(
      .argument,
      "There must be a weight for each of the \(classes) classes, but \(weights.count) were given.")
  }
}
