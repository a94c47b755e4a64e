import Foundation
import TidemillGraph
import TidemillRuntime

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

/// How well a network does on samples it was not trained on.
public struct Evaluation: Sendable {
  /// The share of samples that it has right.
  public let accuracy: Double
  /// The mean softmax cross entropy.
  public let loss: Double
  /// Samples by true class (rows) and by predicted class (columns); empty for over 4,096 classes.
  public let confusion: [[Int]]
}

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
      let logits = network(images)
      let loss = softmaxCrossEntropy(logits, labels: labels)
      graph.minimize(
        loss, over: network.parameters,
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
    let count = Double(max(samples.count, 1))
    return Evaluation(
      accuracy: Double(right) / count, loss: loss / count, confusion: confusion)
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
