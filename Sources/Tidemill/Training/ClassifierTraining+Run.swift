import TidemillGraph
import TidemillRuntime

extension ClassifierTraining {
  /// Trains from where it stands to the end of the last epoch, or until it is stopped.
  ///
  /// - Parameters:
  ///   - samples: What to learn; the same ones each time. Those for validation are split off.
  ///   - callbacks: Called after steps and epochs, in this order.
  ///   - report: Called after every step, before the callbacks.
  /// - Returns: Where the training stood at the end; `nil` where there was nothing left to do.
  /// - Throws: `not-finite` where the loss is not: the parameters are those before that step. Also where
  ///   the loss was finite, but parameters are not any more, which `notFinite` of the store names. `data` where
  ///   the samples do not fit, or are others than those that training began with.
  @discardableResult
  public func run(
    on samples: Dataset, callbacks: [any TrainingCallback] = [],
    report: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingProgress? {
    let (train, held) = try prepare(samples)
    var run = TrainingRunState(train, held, from: position, options)
    isStopping = false
    do {
      while try step(&run) {
        guard let progress = run.last else { break }
        try report(progress)
        for callback in callbacks {
          try callback.stepEnded(progress, of: self)
          if progress.isEpochEnd { try callback.epochEnded(progress, of: self) }
        }
      }
    } catch let error as TidemillError where error.code == .notFinite {
      try checkParameters(after: "an earlier step than the one that failed (\(error.message))")
      throw error
    }
    try checkParameters(after: "the last step")
    return run.last
  }

  /// Checks samples, splits those for validation off, and standardises.
  private func prepare(_ samples: Dataset) throws -> (train: Dataset, held: Dataset?) {
    try classifier.check(samples)
    let description = SampleDescription(samples)
    if let known = self.samples { try known.check(description) }
    var (train, held): (Dataset, Dataset?) = (samples, nil)
    if let validation = options.validation {
      let split = try DatasetSplit(samples, testFraction: validation.share, seed: options.seed)
      (train, held) = (split.train, split.test)
    }
    if options.standardizes {
      let known = try classifier.standardization ?? Standardization(fitting: train)
      classifier.standardization = known
      (train, held) = (try known.applied(to: train), try held.map { try known.applied(to: $0) })
    }
    self.samples = description
    return (train, held)
  }

  /// Makes one step, if there is one left to make.
  private func step(_ run: inout TrainingRunState) throws -> Bool {
    guard !isStopping, !hasStoppedEarly else { return false }
    if position.samples == run.train.count {
      guard position.epoch < options.epochs else { return false }
      position.beginEpoch()
      run.batches = nil
    }
    guard let batch = try run.nextBatch(at: position, options) else { return false }
    let rate = run.schedule.rate(at: position.step)
    session.step = UInt64(position.step)
    try session.run(batch.images, batch.labels, rate)
    let weight = try options.loss.weight(of: batch.labels)
    position.step += 1
    position.samples += batch.count
    position.lossSum += Double(try session.result(0).number()) * weight
    position.lossWeight += weight
    position.hits += Double(try session.result(1).number())
    var progress = run.progress(at: position, rate: rate, epochs: options.epochs)
    progress.figures = try figureNames.map { names in
      try StepFigures(
        names, gradientNorms: session.result(2), zeroShares: session.result(3))
    }
    if progress.isEpochEnd, let held = run.held { try validate(on: held, &progress) }
    run.last = progress
    return true
  }

  private func validate(on held: Dataset, _ progress: inout TrainingProgress) throws {
    guard let wanted = options.validation else { return }
    let found = try classifier.evaluate(prepared: held)
    progress.validation = found
    progress.isBest = validation.take(found, epoch: position.epoch, wanted)
    if progress.isBest && wanted.keepsBest { bestParameters = try store.tensors }
    if hasStoppedEarly && wanted.restoresBest {
      for (name, tensor) in bestParameters { try store.set(tensor, named: name) }
    }
  }

  /// An update can overflow where the loss before it did not.
  private func checkParameters(after what: String) throws {
    let broken = store.notFinite
    guard let first = broken.first else { return }
    throw TidemillError(
      .notFinite,
      "Training diverged: after \(what), \(broken.count) of \(network.parameters.count) parameters "
        + "have elements that are not finite, '\(first)' the first. Lower the learning rate.")
  }
}

/// What one run needs beside the position.
private struct TrainingRunState {
  let train: Dataset
  let held: Dataset?
  let schedule: Schedule
  /// Of the epoch under way.
  var batches: Batches.Iterator?
  var last: TrainingProgress?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// Samples of all epochs that were done before.
  private let before: Double

  init(
    _ train: Dataset, _ held: Dataset?, from position: TrainingPosition, _ options: TrainingOptions
  ) {
    self.train = train
    self.held = held
    schedule = options.schedule(samples: train.count)
    start = clock.now
    before = Double(position.epoch - 1) * Double(train.count) + Double(position.samples)
  }

  /// The batch that comes next; the first time, after those that a run before has done.
  mutating func nextBatch(at position: TrainingPosition, _ options: TrainingOptions) throws
    -> Batch?
  {
    if batches == nil {
      batches = try train.batches(of: options.batchSize, seed: options.seed, epoch: position.epoch)
        .starting(at: position.samples).makeIterator()
    }
    return batches?.next()
  }

  func progress(at position: TrainingPosition, rate: Double, epochs: Int) -> TrainingProgress {
    let seconds = (clock.now - start) / .seconds(1)
    let all = Double(position.epoch - 1) * Double(train.count) + Double(position.samples)
    let samplesPerSecond = (all - before) / max(seconds, 1e-9)
    return TrainingProgress(
      epoch: position.epoch, epochs: epochs, samples: position.samples,
      samplesPerEpoch: train.count, step: position.step, learningRate: rate, loss: position.loss,
      accuracy: position.accuracy, seconds: seconds, samplesPerSecond: samplesPerSecond,
      secondsLeft: (Double(epochs) * Double(train.count) - all) / samplesPerSecond)
  }
}
