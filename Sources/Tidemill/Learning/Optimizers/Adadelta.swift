import TidemillGraph

/// Steps in proportion to the size of the steps before, so that they have the unit of the parameter.
///
/// `s ← ρs + (1 − ρ)dW²`, `d = √(u + ε)/√(s + ε) · dW`, `u ← ρu + (1 − ρ)d²`, `W ← W − ηd`
///
/// **Source**: Zeiler: Adadelta, an adaptive learning rate method, 2012.
public struct Adadelta: Optimizer {
  private let learningRate: any LearningRate
  private let decay: Double
  private let epsilon: Double
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - decay: ρ, of both averages.
  ///   - epsilon: ε, with which the first step is made.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  public init(
    learningRate: some LearningRate = 1.0, decay: Double = 0.9, epsilon: Double = 1e-6,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// The decay must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "Adadelta", fractions: ["decay": decay],
      amounts: ["epsilon": epsilon, "weightDecay": weightDecay])
  }

  /// Records the update; kept are `squaredGradient` and `squaredStep`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let gradient = update.decayed(gradient, by: weightDecay)
    let square = update.average(gradient.squared(), decay: decay, as: "squaredGradient")
    let before = update.kept("squaredStep")
    let step = (before + epsilon).sqrt() / (square + epsilon).sqrt() * gradient
    _ = update.average(step.squared(), decay: decay, as: "squaredStep")
    let rate = learningRate.scalar(parameter.type.dtype, in: graph)
    graph.assign(parameter, update.weight - step * rate)
  }
}
