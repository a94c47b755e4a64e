/// Where a training stands.
public struct TrainingProgress: Sendable {
  /// From 1.
  public let epoch: Int
  /// Of all.
  public let epochs: Int
  /// Samples done in this epoch.
  public let samples: Int
  /// Samples of an epoch.
  public let samplesPerEpoch: Int
  /// The mean loss of this epoch's samples so far.
  public let loss: Double
  /// The share of them that the network had right before the step.
  public let accuracy: Double
  /// Since the start, without compiling.
  public let seconds: Double
  /// Over the whole training so far.
  public let samplesPerSecond: Double
  /// Until the end, at that rate.
  public let secondsLeft: Double
  /// Whether the epoch is complete.
  public var isEpochEnd: Bool { samples == samplesPerEpoch }
}
