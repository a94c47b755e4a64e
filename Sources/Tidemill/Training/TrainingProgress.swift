/// Where a training stands after a step.
public struct TrainingProgress: Sendable {
  /// From 1.
  public let epoch: Int
  /// Of all.
  public let epochs: Int
  /// Samples done in this epoch.
  public let samples: Int
  /// Samples of an epoch.
  public let samplesPerEpoch: Int
  /// Steps done in all epochs.
  public let step: Int
  /// η of this step.
  public let learningRate: Double
  /// The mean loss of this epoch's samples so far.
  public let loss: Double
  /// The share of them that the network had right before the step.
  public let accuracy: Double
  /// Since this run began, without compiling.
  public let seconds: Double
  /// Over this run so far.
  public let samplesPerSecond: Double
  /// Until the end, at that rate.
  public let secondsLeft: Double
  /// How the network does on the samples for validation, at the end of an epoch.
  public internal(set) var validation: Evaluation?
  /// Whether that is the best so far.
  public internal(set) var isBest = false
  /// How gradients fared in the last step, where a training was made to tell.
  public internal(set) var figures: StepFigures?
  /// Whether the epoch is complete.
  public var isEpochEnd: Bool { samples == samplesPerEpoch }
}
