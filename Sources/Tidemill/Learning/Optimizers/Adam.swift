import TidemillGraph

/// Steps along the average gradient, divided by its average size.
///
/// `m ← β₁m + (1 − β₁)dW`, `v ← β₂v + (1 − β₂)dW²`, `W ← W − η/(1 − β₁ᵗ) · m/(√(v/(1 − β₂ᵗ)) + ε)`
///
/// The penalty `λ/2·W²` is part of `dW` here; see ``AdamW``.
///
/// **Source**: Kingma, Ba: Adam, a method for stochastic optimization, 2015; AMSGrad: Reddi, Kale, Kumar: On the
/// convergence of Adam and beyond, 2018.
public struct Adam: Optimizer {
  private let rule: AdamRule
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - beta1: β₁, of the average gradient.
  ///   - beta2: β₂, of the average square.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  ///   - amsgrad: Whether to divide by the largest `v` so far.
  public init(
    learningRate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    rule = AdamRule(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad)
    self.weightDecay = weightDecay
  }

  /// The betas must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? { rule.mistake(of: "Adam", weightDecay: weightDecay) }

  /// Records the update; kept are `averageGradient`, `squaredGradient`, the `step` and, for AMSGrad,
  /// `largestSquaredGradient`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let gradient = update.decayed(gradient, by: weightDecay)
    graph.assign(parameter, update.weight - rule.step(update, gradient))
  }
}

/// Adam with decoupled weight decay: weights shrink by `ηλ` in each step, whatever their gradients have been.
///
/// `W ← W − ηλW − η/(1 − β₁ᵗ) · m/(√(v/(1 − β₂ᵗ)) + ε)`, with `m` and `v` as in ``Adam``.
///
/// **Source**: Loshchilov, Hutter: Decoupled weight decay regularization, 2019.
public struct AdamW: Optimizer {
  private let rule: AdamRule
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - beta1: β₁, of the average gradient.
  ///   - beta2: β₂, of the average square.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - weightDecay: λ.
  ///   - amsgrad: Whether to divide by the largest `v` so far.
  public init(
    learningRate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    rule = AdamRule(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad)
    self.weightDecay = weightDecay
  }

  /// The betas must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? { rule.mistake(of: "AdamW", weightDecay: weightDecay) }

  /// Records the update; what is kept is that of ``Adam``.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let rate = rule.learningRate.scalar(.float64, in: graph)
    let shrunk = update.weight * update.rounded(1 - rate * weightDecay)
    graph.assign(parameter, shrunk - rule.step(update, gradient))
  }
}

/// What Adam and AdamW share.
private struct AdamRule {
  let learningRate: any LearningRate
  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let amsgrad: Bool

  func mistake(of name: String, weightDecay: Double) -> String? {
    Tidemill.mistake(
      of: name, fractions: ["beta1": beta1, "beta2": beta2],
      amounts: ["epsilon": epsilon, "weightDecay": weightDecay])
  }

  /// What is taken from the weight. Scalars are computed in float64, where `1 − β₂ᵗ` keeps its digits.
  func step(_ update: ParameterUpdate, _ gradient: Value) -> Value {
    let count = update.countStep()
    let mean = update.average(gradient, decay: beta1, as: "averageGradient")
    var square = update.average(gradient.squared(), decay: beta2, as: "squaredGradient")
    if amsgrad {
      square = max(update.kept("largestSquaredGradient"), square)
      update.keep(square, as: "largestSquaredGradient")
    }
    let rate = learningRate.scalar(.float64, in: update.graph)
    let size = update.rounded(rate / update.biasCorrection(beta1, step: count))
    let scale = update.rounded(update.biasCorrection(beta2, step: count).rsqrt())
    return mean / (square.sqrt() * scale + epsilon) * size
  }
}
