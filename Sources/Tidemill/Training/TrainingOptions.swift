import TidemillGraph

/// How a classifier is trained.
public struct TrainingOptions: Sendable {
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
  /// β; of no effect where the optimiser has none.
  public var momentum = 0.9
  /// The largest norm that the gradient of all parameters may have; a larger one is scaled down to it.
  public var largestGradientNorm: Double?
  /// λ
  public var weightDecay = 1e-4
  /// Of the first weights and of the order of the samples.
  public var seed: UInt64 = 1
  /// Workers; one for each physical core if left out.
  public var threads: Int?
  /// Of a training step.
  public var memoryBudget = MemoryBudget.unlimited

  /// The defaults, to be changed.
  public init() {}

  /// - Throws: `argument` with the first option that is out of range.
  package func check() throws {
    func require(_ condition: Bool, _ what: String, _ found: String) throws {
      guard condition else {
        throw TidemillError(.argument, "The \(what), but \(found) was given.")
      }
    }
    try require(batchSize > 0, "batch size must be 1 or more", "\(batchSize)")
    try require(epochs > 0, "number of epochs must be 1 or more", "\(epochs)")
    try require(
      threads.map { $0 > 0 } ?? true, "number of threads must be 1 or more", "\(threads ?? 0)")
    try require(learningRate >= 0, "learning rate must be 0 or more", "\(learningRate)")
    try require(weightDecay >= 0, "weight decay must be 0 or more", "\(weightDecay)")
    if let norm = largestGradientNorm {
      try require(
        norm > 0 && norm.isFinite, "largest gradient norm must be finite and more than 0", "\(norm)"
      )
    }
    // Steps compute in float32.
    try require(
      Float(learningRate).isFinite, "learning rate must be finite as a float32", "\(learningRate)")
    try require(
      Float(weightDecay).isFinite, "weight decay must be finite as a float32", "\(weightDecay)")
    try require(momentum >= 0 && momentum < 1, "momentum must be in 0 ..< 1", "\(momentum)")
  }
}
