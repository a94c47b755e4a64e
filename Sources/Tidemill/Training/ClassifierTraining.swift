import TidemillGraph
import TidemillRuntime

/// Trains a classifier by minibatch gradient descent.
///
/// ```swift
/// let digits = try Digits.load()
/// let architecture = ClassifierArchitecture(inputs: 64, hidden: [256], classes: 10)
/// let training = try ClassifierTraining(architecture, TrainingOptions())
/// try training.run(on: digits.train) { progress in if progress.isEpochEnd { print(progress.loss) } }
/// print(try training.evaluate(on: digits.test).accuracy)
/// try training.checkpoint().write(to: "digits.safetensors")
/// ```
///
/// A training that is stopped, kept as a ``Checkpoint`` and gone on with
/// (``init(resuming:network:epochs:memoryBudget:threads:reportsFigures:)``) comes to the same bits as one that is not.
///
/// A training belongs to one thread at a time.
public final class ClassifierTraining {
  /// What is trained.
  public let network: Sequential
  /// What it was made from; `nil` where the caller made the network.
  public let architecture: ClassifierArchitecture?
  /// How.
  public let options: TrainingOptions
  /// The numbers of its parameters.
  public let store: ParameterStore
  /// How far it has come.
  public internal(set) var position = TrainingPosition()
  /// Texts of the caller's that checkpoints keep, by names.
  public var notes: [String: String] = [:]

  /// Of the training step.
  let session: Session
  let classifier: Classifier
  private let step: CompiledFunction
  /// Where each step tells figures.
  let figureNames: FigureNames?
  /// Of the samples trained on, once there are some.
  var samples: SampleDescription?
  var validation = ValidationState()
  /// Parameters of the best epoch, where they may be wanted back.
  var bestParameters: [(name: String, tensor: Tensor)] = []
  var isStopping = false

  /// Compiles the training of a fully connected network.
  ///
  /// - Parameters:
  ///   - architecture: Of the network.
  ///   - options: How to train.
  ///   - memoryBudget: Of a training step.
  ///   - threads: Workers of a step; one for each physical core if left out.
  ///   - reportsFigures: Whether each step also tells norms of gradients and shares of zero derivatives.
  /// - Throws: `argument` where an option is out of range, `memory-budget` where the budget is too small.
  public convenience init(
    _ architecture: ClassifierArchitecture, _ options: TrainingOptions,
    memoryBudget: MemoryBudget = .unlimited, threads: Int? = nil, reportsFigures: Bool = false
  ) throws {
    try self.init(
      architecture.makeNetwork(), architecture, features: architecture.inputs, options,
      memoryBudget, threads, reportsFigures: reportsFigures)
  }

  /// Compiles the training of a network.
  ///
  /// - Parameters:
  ///   - network: Gives a logit for each class.
  ///   - features: Numbers of a sample.
  ///   - options: How to train.
  ///   - memoryBudget: Of a training step.
  ///   - threads: Workers of a step; one for each physical core if left out.
  ///   - reportsFigures: Whether each step also tells norms of gradients and shares of zero derivatives.
  /// - Throws: `argument` where an option is out of range, `memory-budget` where the budget is too small.
  public convenience init(
    _ network: Sequential, features: Int, _ options: TrainingOptions,
    memoryBudget: MemoryBudget = .unlimited, threads: Int? = nil, reportsFigures: Bool = false
  ) throws {
    try self.init(
      network, nil, features: features, options, memoryBudget, threads,
      reportsFigures: reportsFigures)
  }

  init(
    _ network: Sequential, _ architecture: ClassifierArchitecture?, features: Int,
    _ options: TrainingOptions, _ memoryBudget: MemoryBudget, _ threads: Int?,
    reportsFigures: Bool = false
  ) throws {
    try options.check()
    if let threads {
      try OptionCheck.require(threads > 0, "number of threads must be 1 or more", threads)
    }
    self.network = network
    self.architecture = architecture
    self.options = options
    store = try network.initialize(seed: options.seed)
    // First, as it knows the classes, which the loss may not fit.
    classifier = try Classifier(
      network, store, features: features, loss: options.loss, batchSize: options.batchSize,
      threads: threads)
    step = try compile(memoryBudget: memoryBudget, threads: threads) { graph in
      Self.recordStep(
        network, features: features, options, reportsFigures: reportsFigures, in: graph)
    }
    figureNames =
      reportsFigures ? try network.figureNames(input: TensorType([1, features])) : nil
    session = try step.session(store, seed: options.seed)
  }

  /// The loss of a batch, how many of its samples were right, and figures where they are asked for.
  private static func recordStep(
    _ network: Sequential, features: Int, _ options: TrainingOptions, reportsFigures: Bool,
    in graph: GraphBuilder
  ) -> [Value] {
    let images = graph.input("images", [options.batchSize, features])
    let labels = graph.input("labels", [options.batchSize], .int32)
    let rate = graph.input("rate", [])
    let logits = network(images, .training)
    let loss = options.loss.mean(logits, labels: labels)
    graph.minimize(
      loss, over: network.trainableParameters,
      with: options.optimizer.optimizer(rate: rate, options), regularizing: options.regularizer,
      clipping: options.clipping)
    let hits = (logits.argmax() .== labels).cast(to: .float32).sum()
    return [loss, hits]
      + (reportsFigures ? graph.trainingFigures(of: loss, network).values : [])
  }

  /// The bytes of a training step.
  public var memory: MemoryReport { step.memory }

  /// Workers of a step.
  public var threads: Int { step.threads }

  /// Whether patience has run out, so that no more steps are made.
  public var hasStoppedEarly: Bool { validation.hasStopped }

  /// The epoch after which the network did best on the samples for validation.
  public var best: BestEpoch? { validation.best }

  /// What is done to all samples before the network sees them; found when training begins.
  public var standardization: Standardization? { classifier.standardization }

  /// Ends the run under way after the running step; to be called from its callbacks.
  ///
  /// ``run(on:callbacks:report:)`` goes on from there.
  public func stop() { isStopping = true }

  /// Counts what the network has right. Changes nothing.
  ///
  /// - Throws: `data` where the samples have other features or more classes than the network.
  public func evaluate(on samples: Dataset) throws -> Evaluation {
    try classifier.evaluate(on: samples)
  }
}
