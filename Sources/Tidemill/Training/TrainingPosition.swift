import TidemillGraph

/// How far a training has come: with the seed, all that its random numbers and the order of its samples depend on.
public struct TrainingPosition: Codable, Equatable, Sendable {
  /// The epoch under way, from 1; the last one where the training is over.
  public internal(set) var epoch = 1
  /// Samples done in this epoch.
  public internal(set) var samples = 0
  /// Steps done in all epochs.
  public internal(set) var step = 0
  /// Over the epoch so far: losses of samples, how much these count, and samples that were right.
  var lossSum = 0.0
  var lossWeight = 0.0
  var hits = 0.0

  /// The mean loss of this epoch's samples so far.
  public var loss: Double { samples > 0 ? lossSum / lossWeight : 0 }
  /// The share of them that the network had right before their steps.
  public var accuracy: Double { hits / Double(max(samples, 1)) }

  /// Goes on to the next epoch.
  mutating func beginEpoch() {
    self = TrainingPosition(epoch: epoch + 1, step: step)
  }

  /// - Parameters:
  ///   - options: Those of the training.
  ///   - count: Samples of an epoch.
  /// - Throws: `argument` where such a training cannot stand there.
  func check(_ options: TrainingOptions, count: Int) throws {
    try OptionCheck.require(
      1...options.epochs ~= epoch, "epoch must be one of 1 ... \(options.epochs)", epoch)
    try OptionCheck.require(
      0...count ~= samples && (samples == count || samples % options.batchSize == 0),
      "number of samples done must be whole batches of \(options.batchSize), at most \(count) samples",
      samples)
    let before = (epoch - 1).multiplied(by: options.steps(of: count))
    let inEpoch = options.steps(of: samples)
    let (steps, overflow) = before.addingReportingOverflow(inEpoch)
    try OptionCheck.require(
      step == steps && !overflow, "number of steps done must be \(steps)", step)
    try OptionCheck.require(
      0...Double(samples) ~= hits, "number of right samples must be in 0 ... \(samples)", hits)
    try OptionCheck.require(
      (samples == 0) == (lossWeight == 0) && lossWeight >= 0,
      "weight of the losses must be more than 0 just where samples are done", lossWeight)
  }
}
