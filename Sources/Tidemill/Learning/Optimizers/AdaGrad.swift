import TidemillGraph

/// Steps that get shorter where gradients have been large.
///
/// `s ← s + dW²`, `W ← W − η/(1 + (t − 1)δ) · dW/(√(s₀ + s) + ε)`
///
/// **Source**: Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic optimization, 2011.
public struct AdaGrad: Optimizer {
  private let learningRate: any LearningRate
  private let learningRateDecay: Double
  private let initialSum: Double
  private let epsilon: Double
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η, a number or a scalar of the graph.
  ///   - learningRateDecay: δ.
  ///   - initialSum: s₀, what the sum of squares starts from.
  ///   - epsilon: ε, keeps the divisor from 0.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²`.
  public init(
    learningRate: some LearningRate = 1e-2, learningRateDecay: Double = 0, initialSum: Double = 0,
    epsilon: Double = 1e-10, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.initialSum = initialSum
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// All numbers must be finite and not negative.
  public var mistake: String? {
    Tidemill.mistake(
      of: "AdaGrad",
      amounts: [
        "learningRateDecay": learningRateDecay, "initialSum": initialSum, "epsilon": epsilon,
        "weightDecay": weightDecay,
      ])
  }

  /// Records the update; kept are the `sumOfSquares` and, where the learning rate decays, the `step`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    let gradient = update.decayed(gradient, by: weightDecay)
    let sum = update.kept("sumOfSquares") + gradient.squared()
    update.keep(sum, as: "sumOfSquares")
    var rate = learningRate.scalar(.float64, in: graph)
    if learningRateDecay != 0 { rate = rate / (1 + (update.countStep() - 1) * learningRateDecay) }
    let direction = gradient / ((sum + initialSum).sqrt() + epsilon)
    graph.assign(parameter, update.weight - direction * update.rounded(rate))
  }
}
