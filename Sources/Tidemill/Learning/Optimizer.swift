import TidemillGraph

/// A rule that makes new parameters from gradients, as part of the graph.
public protocol Optimizer {
  /// Records the update of one parameter: reads it, and assigns its new value and that of whatever is kept for it.
  func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder)
}

/// Stochastic gradient descent, with momentum and weight decay.
///
/// `v ← (dW + λW) + βv`, `W ← W − ηv`, `v₀ = 0`; without momentum `W ← W − η(dW + λW)`.
///
/// **Source**: Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, 2013
/// (classical momentum).
public struct SGD: Optimizer {
  private let learningRate: LearningRate
  private let momentum: Double
  private let weightDecay: Double

  private enum LearningRate {
    case number(Double)
    case value(Value)
  }

  /// - Parameters:
  ///   - learningRate: η, a scalar of the graph, such as an input, so that it may change from step to step.
  ///   - momentum: β.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²` on every parameter.
  public init(learningRate: Value, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = .value(learningRate)
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// - Parameters:
  ///   - learningRate: η, the same at every step.
  ///   - momentum: β.
  ///   - weightDecay: λ, the strength of an L2 penalty `λ/2·W²` on every parameter.
  public init(learningRate: Double, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = .number(learningRate)
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Records the update; what is kept for a parameter is its `velocity`.
  public func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder) {
    let weight = graph.read(parameter)
    var direction = gradient
    if weightDecay != 0 { direction = direction + weight * weightDecay }
    if momentum != 0 {
      let key = StateKey(parameter, role: "velocity")
      direction = direction + graph.read(key) * momentum
      graph.assign(key, direction)
    }
    switch learningRate {
    case .number(let rate): graph.assign(parameter, weight - direction * rate)
    case .value(let rate): graph.assign(parameter, weight - direction * rate.cast(to: weight.dtype))
    }
  }
}

extension GraphBuilder {
  /// Makes a training step: the gradient of a loss, and the update of every parameter by it.
  ///
  /// Parameters change only if the loss is finite; otherwise the run throws and all state stays.
  ///
  /// - Parameters:
  ///   - loss: A floating-point scalar.
  ///   - parameters: What to change; a shared one counts once.
  ///   - optimizer: Says by how much, as more graph.
  public func minimize(
    _ loss: Value, over parameters: [Parameter], with optimizer: some Optimizer
  ) {
    requireFinite(loss, "the loss")
    var distinct: [Parameter] = []
    for parameter in parameters where !distinct.contains(where: { $0 === parameter }) {
      distinct.append(parameter)
    }
    let gradients = gradient(of: loss, withRespectTo: distinct.map { read($0) })
    scope("update") {
      for (parameter, gradient) in zip(distinct, gradients) {
        optimizer.update(parameter, gradient: gradient, in: self)
      }
    }
  }
}
