import TidemillGraph

/// How a classifier is trained: all that decides the bits of the result, beside samples and architecture.
public struct TrainingOptions: Codable, Equatable, Sendable {
  /// Samples of a step; the last step of an epoch takes what is left.
  public var batchSize = 64
  /// Passes over the training samples.
  public var epochs = 10
  /// The rule of the updates.
  public var optimizer = OptimizerChoice.sgd
  /// η, or its largest value where a schedule changes it.
  public var learningRate = 0.05
  /// How η changes.
  public var schedule = ScheduleChoice.constant
  /// Steps in which η rises from 0, before the schedule begins.
  public var warmUpSteps = 0
  /// β; of no effect where the optimiser has none.
  public var momentum = 0.9
  /// Its other numbers.
  public var optimizerNumbers = OptimizerNumbers()
  /// λ of the optimiser; see its documentation for what decays.
  public var weightDecay = 1e-4
  /// What is made small.
  public var loss = LossChoice.crossEntropy()
  /// The strength of the penalty `l1·Σ|w|` on all parameters, which is added to the loss.
  public var l1 = 0.0
  /// The strength of the penalty `l2/2·Σw²` on all parameters, which is added to the loss.
  public var l2 = 0.0
  /// How gradients are made smaller before the optimiser sees them.
  public var clipping: GradientClipping?
  /// Whether features are taken to mean 0 and deviation 1, as found on the samples to learn from.
  public var standardizes = false
  /// Samples that are kept from training to judge it, and when to stop for that.
  public var validation: ValidationOptions?
  /// Of the first weights, the order of the samples, the samples for validation, and dropout.
  public var seed: UInt64 = 1

  /// The defaults, to be changed.
  public init() {}

  /// Steps that so many samples take.
  func steps(of samples: Int) -> Int { samples > 0 ? (samples - 1) / batchSize + 1 : 0 }

  /// Both penalties, if there are any.
  var regularizer: Regularizer? { l1 > 0 || l2 > 0 ? .l1(l1) + .l2(l2) : nil }

  /// The learning rates of a training on so many samples.
  func schedule(samples: Int) -> Schedule {
    let steps = steps(of: samples)
    return schedule.schedule(
      learningRate, stepsPerEpoch: steps, steps: epochs.multiplied(by: steps), warmUp: warmUpSteps)
  }

  /// - Throws: `argument` with the first option that is out of range.
  package func check() throws {
    try OptionCheck.require(batchSize > 0, "batch size must be 1 or more", batchSize)
    try OptionCheck.require(epochs > 0, "number of epochs must be 1 or more", epochs)
    try OptionCheck.require(
      warmUpSteps >= 0, "number of steps to warm up must be 0 or more", warmUpSteps)
    for (name, number) in [
      ("learning rate", learningRate), ("weight decay", weightDecay), ("l1 penalty", l1),
      ("l2 penalty", l2),
    ] {
      try OptionCheck.require(number >= 0, "\(name) must be 0 or more", number)
      // Steps compute in float32.
      try OptionCheck.require(
        Float(number).isFinite, "\(name) must be finite as a float32", number)
    }
    try OptionCheck.require(
      momentum >= 0 && momentum < 1, "momentum must be in 0 ..< 1", momentum)
    try optimizerNumbers.check(for: optimizer)
    if let mistake = optimizer.optimizer(rate: learningRate, self).mistake {
      throw TidemillError(.argument, mistake)
    }
    try schedule.check()
    try loss.check()
    try clipping?.check()
    try validation?.check()
  }
}
