/// The rule by which a classifier's parameters are updated.
public enum OptimizerChoice: String, Codable, Sendable, CaseIterable {
  /// ``SGD``, with momentum.
  case sgd
  /// ``SGD`` with Nesterov's momentum.
  case nesterov
  /// ``AdaGrad``
  case adagrad
  /// ``RMSProp``
  case rmsprop
  /// ``Adadelta``
  case adadelta
  /// ``Adam``
  case adam
  /// ``AdamW``
  case adamw
  /// ``Adamax``
  case adamax
  /// ``NAdam``
  case nadam
  /// ``Lion``
  case lion

  /// A learning rate to start from.
  public var usualLearningRate: Double {
    switch self {
    case .sgd, .nesterov: 0.05
    case .adagrad: 1e-2
    case .adadelta: 1
    case .rmsprop, .adam, .adamw: 1e-3
    case .adamax, .nadam: 2e-3
    case .lion: 3e-4
    }
  }

  /// Whether a momentum is one of its numbers.
  public var hasMomentum: Bool { self == .sgd || self == .nesterov }

  /// How many tensors of a parameter's shape are kept for it.
  package func keptTensors(momentum: Double) -> Int {
    switch self {
    case .sgd, .nesterov: momentum > 0 ? 1 : 0
    case .adagrad, .rmsprop, .lion: 1
    case .adadelta, .adam, .adamw, .adamax, .nadam: 2
    }
  }
}
