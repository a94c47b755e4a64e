/// Samples that are kept from training to judge it at the end of each epoch, and what follows from that.
public struct ValidationOptions: Codable, Equatable, Sendable {
  /// By what an epoch is judged.
  public enum Measure: String, Codable, Sendable, CaseIterable {
    /// The smallest loss is the best.
    case loss
    /// The largest share of samples that the network has right is the best.
    case accuracy
  }

  /// The share of the samples, between 0 and 1; the seed decides which.
  public var share: Double
  /// What makes an epoch the best.
  public var measure: Measure
  /// By how much an epoch must be better than the best before it.
  public var smallestGain: Double
  /// Training stops after so many epochs that were not the best; never, if left out.
  public var patience: Int?
  /// Whether the parameters of the best epoch are put back where training stops for lack of patience.
  public var restoresBest: Bool

  /// Describes a validation.
  ///
  /// - Parameters:
  ///   - share: The share of the samples, between 0 and 1.
  ///   - measure: What makes an epoch the best.
  ///   - smallestGain: By how much an epoch must be better than the best before it.
  ///   - patience: Training stops after so many epochs that were not the best.
  ///   - restoresBest: Whether the parameters of the best epoch are put back then.
  public init(
    share: Double, measure: Measure = .loss, smallestGain: Double = 0, patience: Int? = nil,
    restoresBest: Bool = true
  ) {
    self.share = share
    self.measure = measure
    self.smallestGain = smallestGain
    self.patience = patience
    self.restoresBest = restoresBest
  }

  /// Whether the best parameters must be at hand.
  var keepsBest: Bool { patience != nil && restoresBest }

  /// - Throws: `argument` with the first number that is out of range.
  func check() throws {
    try OptionCheck.require(
      share > 0 && share < 1, "share of samples for validation must be between 0 and 1", share)
    try OptionCheck.require(
      smallestGain >= 0 && smallestGain.isFinite, "smallest gain must be finite and 0 or more",
      smallestGain)
    if let patience {
      try OptionCheck.require(patience > 0, "patience must be 1 epoch or more", patience)
    }
  }
}

/// The epoch after which the network did best on the samples for validation.
public struct BestEpoch: Codable, Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  /// On the samples for validation.
  public let loss: Double
  /// On the samples for validation.
  public let accuracy: Double
}

/// What validation has found so far.
struct ValidationState: Codable, Equatable, Sendable {
  private(set) var best: BestEpoch?
  /// Whether patience has run out: training is over for good.
  private(set) var hasStopped = false

  /// Takes in an epoch.
  ///
  /// - Returns: Whether it is the best.
  mutating func take(_ found: Evaluation, epoch: Int, _ options: ValidationOptions) -> Bool {
    let isBest = isBetter(found, options)
    if isBest { best = BestEpoch(epoch: epoch, loss: found.loss, accuracy: found.accuracy) }
    if let patience = options.patience, epoch - (best?.epoch ?? 0) >= patience { hasStopped = true }
    return isBest
  }

  private func isBetter(_ found: Evaluation, _ options: ValidationOptions) -> Bool {
    guard found.loss.isFinite else { return false }
    guard let best else { return true }
    return switch options.measure {
    case .loss: best.loss - found.loss > options.smallestGain
    case .accuracy: found.accuracy - best.accuracy > options.smallestGain
    }
  }

  /// - Throws: `argument` where nothing of it can have been found.
  func check(_ options: ValidationOptions?, epoch: Int) throws {
    guard let options else {
      return try OptionCheck.require(
        self == ValidationState(), "training has no validation to find a best epoch by", "one")
    }
    if let best {
      try OptionCheck.require(
        1...epoch ~= best.epoch, "best epoch must be one of 1 ... \(epoch)", best.epoch)
      try OptionCheck.require(
        0...1 ~= best.accuracy, "best accuracy must be in 0 ... 1", best.accuracy)
    }
    try OptionCheck.require(
      !hasStopped || epoch - (best?.epoch ?? 0) >= options.patience ?? .max,
      "training can only have stopped early where patience ran out", "a stop at epoch \(epoch)")
  }
}
