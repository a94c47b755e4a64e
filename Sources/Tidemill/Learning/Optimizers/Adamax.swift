import TidemillGraph

/// Adam with the largest recent gradient in place of the average square.
///
/// `m ← β₁m + (1 − β₁)dW`, `u ← max(β₂u, |dW| + ε)`, `W ← W − η/(1 − β₁ᵗ) · m/u`
///
/// **Source**: Kingma, Ba: Adam, a method for stochastic optimization, 2015, section 7.1; ε as in PyTorch.
public struct Adamax: Optimizer {
  private let learningRate: any LearningRate
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - beta1: β₁, of the average gradient.
  ///   - beta2: β₂, how slowly large gradients are forgotten.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  public init(
    learningRate: some LearningRate = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// The betas must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "Adamax", fractions: ["beta1": beta1, "beta2": beta2],
      amounts: ["epsilon": epsilon, "weightDecay": weightDecay])
  }

  /// Records the update; kept are `averageGradient`, `largestGradient` and the `step`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let gradient = update.decayed(gradient, by: weightDecay)
    let mean = update.average(gradient, decay: beta1, as: "averageGradient")
    let largest = max(update.kept("largestGradient") * beta2, gradient.abs() + epsilon)
    update.keep(largest, as: "largestGradient")
    let correction = update.biasCorrection(beta1, step: update.countStep())
    let size = update.rounded(learningRate.scalar(.float64, in: graph) / correction)
    graph.assign(parameter, update.weight - mean / largest * size)
  }
}
