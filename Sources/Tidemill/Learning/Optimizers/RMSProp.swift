import TidemillGraph

/// Steps divided by a moving average of the gradient's size.
///
/// `s ← αs + (1 − α)dW²`, `d = dW/(√s + ε)`, `W ← W − ηd`. Centered, `√(s − ḡ²)` takes the place of `√s`, with
/// `ḡ ← αḡ + (1 − α)dW`. With momentum, `b ← βb + d` takes the place of `d`.
///
/// **Source**: Hinton, Srivastava, Swersky: Neural networks for machine learning, lecture 6e, 2012; centered: Graves:
/// Generating sequences with recurrent neural networks, 2013.
public struct RMSProp: Optimizer {
  private let learningRate: any LearningRate
  private let decay: Double
  private let epsilon: Double
  private let momentum: Double
  private let centered: Bool
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - decay: α, of the averages.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - momentum: β.
  ///   - centered: Whether to divide by the deviation of the gradient instead of its size.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  public init(
    learningRate: some LearningRate = 1e-2, decay: Double = 0.99, epsilon: Double = 1e-8,
    momentum: Double = 0, centered: Bool = false, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.momentum = momentum
    self.centered = centered
    self.weightDecay = weightDecay
  }

  /// The decay must be in `0 ..< 1`; the other numbers finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "RMSProp", fractions: ["decay": decay],
      amounts: ["epsilon": epsilon, "momentum": momentum, "weightDecay": weightDecay])
  }

  /// Records the update; kept are `squaredGradient` and, where they are used, `averageGradient` and `velocity`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let gradient = update.decayed(gradient, by: weightDecay)
    var square = update.average(gradient.squared(), decay: decay, as: "squaredGradient")
    if centered {
      let mean = update.average(gradient, decay: decay, as: "averageGradient")
      // A variance, but for rounding, which must not make it negative.
      square = max(square - mean.squared(), square.like(0))
    }
    var direction = gradient / (square.sqrt() + epsilon)
    if momentum != 0 {
      direction = update.kept("velocity") * momentum + direction
      update.keep(direction, as: "velocity")
    }
    let rate = learningRate.scalar(parameter.type.dtype, in: graph)
    graph.assign(parameter, update.weight - direction * rate)
  }
}
