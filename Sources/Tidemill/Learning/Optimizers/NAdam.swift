import Foundation
import TidemillGraph

/// Adam with Nesterov's momentum, which grows over the first steps.
///
/// `μₜ = β₁(1 − ½·0.96^(tψ))`, `Πₜ = μ₁·…·μₜ`, `m` and `v` as in ``Adam``,
/// `W ← W − η((1 − μₜ)/(1 − Πₜ)·dW + μₜ₊₁/(1 − Πₜμₜ₊₁)·m) / (√(v/(1 − β₂ᵗ)) + ε)`
///
/// **Source**: Dozat: Incorporating Nesterov momentum into Adam, 2016.
public struct NAdam: Optimizer {
  private let learningRate: any LearningRate
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let momentumDecay: Double
  private let weightDecay: Double
  private let decoupled: Bool

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - beta1: β₁, of the average gradient.
  ///   - beta2: β₂, of the average square.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - momentumDecay: ψ, how fast the momentum grows.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  ///   - decoupled: Whether weights shrink by `ηλ` in each step instead, as in ``AdamW``.
  public init(
    learningRate: some LearningRate = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, momentumDecay: Double = 4e-3, weightDecay: Double = 0,
    decoupled: Bool = false
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  /// The betas must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "NAdam", fractions: ["beta1": beta1, "beta2": beta2],
      amounts: [
        "epsilon": epsilon, "momentumDecay": momentumDecay, "weightDecay": weightDecay,
      ])
  }

  /// Records the update; kept are `averageGradient`, `squaredGradient`, the `step` and
  /// `momentumProductComplement`, which is `1 − Π`, so that it starts at zero.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let rate = learningRate.scalar(.float64, in: graph)
    let count = update.countStep()
    var (weight, gradient) = (update.weight, gradient)
    if decoupled {
      weight = weight * update.rounded(1 - rate * weightDecay)
    } else {
      gradient = update.decayed(gradient, by: weightDecay)
    }
    let mean = update.average(gradient, decay: beta1, as: "averageGradient")
    let square = update.average(gradient.squared(), decay: beta2, as: "squaredGradient")

    let (now, next) = (momentum(at: count), momentum(at: count + 1))
    // 1 − Πμ = (1 − Π) + Π(1 − μ)
    let before = update.keptScalar("momentumProductComplement")
    let complement = before + (1 - before) * (1 - now)
    update.keep(scalar: complement, as: "momentumProductComplement")
    let ofGradient = update.rounded(rate * (1 - now) / complement)
    let ofMean = update.rounded(rate * next / (complement + (1 - complement) * (1 - next)))

    let scale = update.rounded(update.biasCorrection(beta2, step: count).rsqrt())
    let divisor = square.sqrt() * scale + epsilon
    graph.assign(parameter, weight - (gradient * ofGradient + mean * ofMean) / divisor)
  }

  /// `μₜ`
  private func momentum(at step: Value) -> Value {
    beta1 * (1 - 0.5 * (step * (momentumDecay * log(0.96))).exp())
  }
}
