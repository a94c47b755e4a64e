import TidemillGraph
import TidemillRuntime

/// Trains a classifier by minibatch gradient descent.
///
/// ```swift
/// let digits = try Digits.load()
/// let network = Sequential.classifier(inputs: 64, hidden: [256], classes: 10, activation: .relu)
/// let training = try ClassifierTraining(network, features: 64, TrainingOptions())
/// try training.run(on: digits.train) { progress in if progress.isEpochEnd { print(progress.loss) } }
/// print(try training.evaluate(on: digits.test).accuracy)
/// ```
public final class ClassifierTraining {
  /// What is trained.
  public let network: Sequential
  /// The numbers of its parameters.
  public let store: ParameterStore
  private let options: TrainingOptions
  private let features: Int
  private let classes: Int
  private let step: CompiledFunction
  private let inference: CompiledFunction

  /// Compiles the training step and the evaluation.
  ///
  /// - Parameters:
  ///   - network: Gives a logit for each class.
  ///   - features: Numbers of a sample.
  ///   - options: How to train.
  /// - Throws: `argument` where an option is out of range, `memory-budget` where the budget is too small.
  public init(_ network: Sequential, features: Int, _ options: TrainingOptions) throws {
    try options.check()
    self.network = network
    self.options = options
    self.features = features
    store = try network.initialize(seed: options.seed)
    let batch = options.batchSize
    step = try compile(memoryBudget: options.memoryBudget, threads: options.threads) { graph in
      let images = graph.input("images", [batch, features])
      let labels = graph.input("labels", [batch], .int32)
      let rate = graph.input("rate", [])
      let logits = network(images, .training)
      let loss = softmaxCrossEntropy(logits, labels: labels)
      graph.minimize(
        loss, over: network.trainableParameters,
        with: options.optimizer.optimizer(
          rate: rate, momentum: options.momentum, weightDecay: options.weightDecay),
        clipping: options.largestGradientNorm.map { .globalNorm($0) })
      let hits = (logits.argmax() .== labels).cast(to: .float32).sum()
      return [loss, hits]
    }
    inference = try compile(threads: options.threads) { graph in
      let labels = graph.input("labels", [batch], .int32)
      let logits = network(graph.input("images", [batch, features]))
      return [softmaxCrossEntropyPerRow(logits, labels: labels).sum(), logits.argmax()]
    }
    let logits = network(GraphBuilder().input("images", [1, features]))
    classes = logits.shape.dimensions.last ?? 1
  }

  /// The bytes of a training step.
  public var memory: MemoryReport { step.memory }

  /// Workers of a step.
  public var threads: Int { step.threads }

  /// Trains for all epochs.
  ///
  /// - Parameters:
  ///   - samples: What to learn.
  ///   - report: Called after every step.
  /// - Returns: Where the training stood at the end.
  /// - Throws: `not-finite` where the loss is not: the parameters are those before that step. Also where
  ///   the loss was finite, but parameters are not any more, which `notFinite` of the store names.
  @discardableResult
  public func run(
    on samples: Dataset, report: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingProgress? {
    try check(samples)
    let last: TrainingProgress?
    do {
      last = try steps(on: samples, report: report)
    } catch let error as TidemillError where error.code == .notFinite {
      try checkParameters(after: "an earlier step than the one that failed (\(error.message))")
      throw error
    }
    try checkParameters(after: "the last step")
    return last
  }

  /// Of all epochs; as many as can be counted where there are more.
  private func stepCount(of samples: Dataset) -> Int {
    let steps = (samples.count - 1) / options.batchSize + 1
    let (count, overflow) = steps.multipliedReportingOverflow(by: options.epochs)
    return overflow ? .max : count
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

  private func steps(
    on samples: Dataset, report: (TrainingProgress) throws -> Void
  ) throws -> TrainingProgress? {
    let session = try step.session(store, seed: options.seed)
    let clock = ContinuousClock()
    let start = clock.now
    let schedule = options.schedule.schedule(
      options.learningRate, steps: stepCount(of: samples))
    var last: TrainingProgress?
    for epoch in 1...options.epochs {
      var (done, loss, hits) = (0, 0.0, 0.0)
      for batch in try samples.batches(of: options.batchSize, seed: options.seed, epoch: epoch) {
        try session.run(batch.images, batch.labels, schedule.rate(at: session.step))
        done += batch.count
        loss += Double(try session.result(0).number()) * Double(batch.count)
        hits += Double(try session.result(1).number())
        let seconds = (clock.now - start) / .seconds(1)
        let all = (epoch - 1) * samples.count + done
        let rate = Double(all) / max(seconds, 1e-9)
        let progress = TrainingProgress(
          epoch: epoch, epochs: options.epochs, samples: done, samplesPerEpoch: samples.count,
          loss: loss / Double(done), accuracy: hits / Double(done), seconds: seconds,
          samplesPerSecond: rate,
          secondsLeft: (Double(options.epochs) * Double(samples.count) - Double(all)) / rate)
        last = progress
        try report(progress)
      }
    }
    return last
  }

  /// Counts what the network has right. Changes nothing.
  ///
  /// - Throws: `data` where the samples have other features or more classes than the network.
  public func evaluate(on samples: Dataset) throws -> Evaluation {
    try check(samples)
    let session = try inference.session(store)
    let shown = classes <= 4096 ? classes : 0
    var confusion = Array(repeating: Array(repeating: 0, count: shown), count: shown)
    var (loss, right) = (0.0, 0)
    for batch in try samples.batches(of: options.batchSize) {
      try session.run(batch.labels, batch.images)
      loss += Double(try session.result(0).number())
      let labels: [Int32] = try batch.labels.scalars()
      let predicted: [Int32] = try session.result(1).scalars()
      for (label, guess) in zip(labels, predicted) {
        right += label == guess ? 1 : 0
        if shown > 0 { confusion[Int(label)][Int(guess)] += 1 }
      }
    }
    return Evaluation(
      samples: samples.count, right: right, loss: loss / Double(samples.count),
      confusion: confusion)
  }

  private func check(_ samples: Dataset) throws {
    guard samples.features == features else {
      throw TidemillError(
        .data,
        "The network takes \(features) features, but samples of '\(samples.name)' have "
          + "\(samples.features).")
    }
    guard samples.classes <= classes else {
      throw TidemillError(
        .data,
        "The network tells \(classes) classes apart, but '\(samples.name)' has \(samples.classes).")
    }
    guard samples.count > 0 else {
      throw TidemillError(.data, "'\(samples.name)' has no samples.")
    }
  }
}

extension Tensor {
  /// The only element of a float32 scalar, without allocating.
  func number() throws -> Float { try withScalars { $0[0] } }
}
