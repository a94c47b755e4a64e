import TidemillGraph

/// Stochastic gradient descent, with momentum and weight decay.
///
/// `v ← (dW + λW) + βv`, `W ← W − ηv`, `v₀ = 0`; without momentum `W ← W − η(dW + λW)`. Nesterov's form steps ahead
/// of the velocity: `W ← W − η(dW + λW + βv)`.
///
/// **Source**: Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, 2013.
public struct SGD: Optimizer {
  private let learningRate: any LearningRate
  private let momentum: Double
  private let nesterov: Bool
  private let weightDecay: Double

  /// - Parameters:
  ///   - learningRate: η: a number, or a scalar of the graph, such as an input, so that it may change from step to step.
  ///   - momentum: β.
  ///   - nesterov: Whether the gradient is taken, in effect, where the velocity leads to.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²` on every parameter.
  public init(
    learningRate: some LearningRate, momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  /// Momentum and weight decay must be finite and not negative; Nesterov's form needs a momentum.
  public var mistake: String? {
    nesterov && momentum == 0
      ? "SGD: Nesterov's form needs a momentum, but 0 was given."
      : Tidemill.mistake(of: "SGD", amounts: ["momentum": momentum, "weightDecay": weightDecay])
  }

  /// Records the update; what is kept for a parameter is its `velocity`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let update = ParameterUpdate(parameter, in: graph)
    var direction = update.decayed(gradient, by: weightDecay)
    if momentum != 0 {
      let velocity = direction + update.kept("velocity") * momentum
      update.keep(velocity, as: "velocity")
      direction = nesterov ? direction + velocity * momentum : velocity
    }
    let rate = learningRate.scalar(parameter.type.dtype, in: graph)
    graph.assign(parameter, update.weight - direction * rate)
  }
}
