import TidemillGraph

/// Steps of one size for all elements, in the direction of the sign of an average gradient.
///
/// `W ← W − η(sign(β₁m + (1 − β₁)dW) + λW)`, then `m ← β₂m + (1 − β₂)dW`
///
/// Keeps half of what Adam does. Its steps are larger, so that η should be 3 to 10 times smaller, λ as much larger.
///
/// **Source**: Chen, Liang, Huang, Real, Wang and others: Symbolic discovery of optimization algorithms, 2023.
public struct Lion: Optimizer {
  private let learningRate: any LearningRate
  private let beta1: Double
  private let beta2: Double
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - beta1: β₁, how much of the average is in the direction of a step.
  ///   - beta2: β₂, of the average.
  ///   - weightDecay: λ, decoupled as in ``AdamW``.
  public init(
    learningRate: some LearningRate = 1e-4, beta1: Double = 0.9, beta2: Double = 0.99,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  /// The betas must be in `0 ..< 1`; the decay finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "Lion", fractions: ["beta1": beta1, "beta2": beta2],
      amounts: ["weightDecay": weightDecay])
  }

  /// Records the update; kept is `averageGradient`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let before = update.kept("averageGradient")
    let direction = (before * beta1 + gradient * (1 - beta1)).sign()
    _ = update.average(gradient, decay: beta2, as: "averageGradient")
    let rate = learningRate.scalar(parameter.type.dtype, in: graph)
    graph.assign(
      parameter, update.weight - update.decayed(direction, by: weightDecay) * rate)
  }
}
