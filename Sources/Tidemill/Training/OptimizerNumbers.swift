import TidemillGraph

/// Numbers of optimisers, beside the learning rate and the momentum; `nil` for the usual one.
public struct OptimizerNumbers: Codable, Equatable, Sendable {
  /// β₁, of the average gradient.
  public var beta1: Double?
  /// β₂, of the average square, the largest gradient or, for Lion, the kept average.
  public var beta2: Double?
  /// Of the averages of RMSProp and Adadelta.
  public var decay: Double?
  /// ε, keeps a divisor from 0.
  public var epsilon: Double?

  /// All as usual, to be changed.
  public init() {}

  init(beta1: Double? = nil, beta2: Double? = nil, decay: Double? = nil, epsilon: Double? = nil) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.decay = decay
    self.epsilon = epsilon
  }

  private static var names: [(name: String, path: KeyPath<OptimizerNumbers, Double?>)] {
    [
      ("beta1", \.beta1), ("beta2", \.beta2), ("decay", \.decay), ("epsilon", \.epsilon),
    ]
  }

  /// - Throws: `argument` where there is a number that the rule does not have.
  func check(for optimizer: OptimizerChoice) throws {
    for (name, path) in Self.names
    where self[keyPath: path] != nil && optimizer.usualNumbers[keyPath: path] == nil {
      let others = OptimizerChoice.allCases.filter { $0.usualNumbers[keyPath: path] != nil }
      throw TidemillError(
        .argument,
        "\(name) is a number of \(others.map(\.rawValue).joined(separator: ", ")), but not of "
          + "\(optimizer.rawValue): leave it out.")
    }
  }
}

extension OptimizerChoice {
  /// The numbers that it has, as its paper or PyTorch has them.
  public var usualNumbers: OptimizerNumbers {
    switch self {
    case .sgd, .nesterov: OptimizerNumbers()
    case .adagrad: OptimizerNumbers(epsilon: 1e-10)
    case .rmsprop: OptimizerNumbers(decay: 0.99, epsilon: 1e-8)
    case .adadelta: OptimizerNumbers(decay: 0.9, epsilon: 1e-6)
    case .adam, .adamw, .adamax, .nadam:
      OptimizerNumbers(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    case .lion: OptimizerNumbers(beta1: 0.9, beta2: 0.99)
    }
  }

  /// The rule with a training's numbers.
  func optimizer(rate: some LearningRate, _ options: TrainingOptions) -> any Optimizer {
    func number(_ path: KeyPath<OptimizerNumbers, Double?>) -> Double {
      options.optimizerNumbers[keyPath: path] ?? usualNumbers[keyPath: path] ?? 0
    }
    let (beta1, beta2) = (number(\.beta1), number(\.beta2))
    let (decay, epsilon) = (number(\.decay), number(\.epsilon))
    let (momentum, weightDecay) = (options.momentum, options.weightDecay)
    switch self {
    case .sgd: return SGD(learningRate: rate, momentum: momentum, weightDecay: weightDecay)
    case .nesterov:
      return SGD(learningRate: rate, momentum: momentum, nesterov: true, weightDecay: weightDecay)
    case .adagrad: return AdaGrad(learningRate: rate, epsilon: epsilon, weightDecay: weightDecay)
    case .rmsprop:
      return RMSProp(learningRate: rate, decay: decay, epsilon: epsilon, weightDecay: weightDecay)
    case .adadelta:
      return Adadelta(learningRate: rate, decay: decay, epsilon: epsilon, weightDecay: weightDecay)
    case .adam:
      return Adam(
        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .adamw:
      return AdamW(
        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .adamax:
      return Adamax(
        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .nadam:
      return NAdam(
        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .lion:
      return Lion(learningRate: rate, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
    }
  }
}
