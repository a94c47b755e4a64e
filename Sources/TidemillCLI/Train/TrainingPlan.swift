import ArgumentParser
import Tidemill

/// All that decides the result of a training.
struct TrainingPlan: Equatable {
  var dataset = "digits"
  var hidden = [256]
  var activation = Activation.relu
  var dropout = 0.0
  var initializer: Initializer?
  var options = TrainingOptions()

  /// What is done where nothing is said.
  init() { options.epochs = 30 }

  /// What a checkpoint says.
  ///
  /// - Throws: `checkpoint` where it is of a network that this program does not make.
  init(_ checkpoint: Checkpoint, path: String) throws {
    guard let architecture = checkpoint.architecture else {
      throw TidemillError(
        .checkpoint,
        "\(path): does not say what network it is of, so it is not one of this program's.")
    }
    dataset = checkpoint.datasetName
    hidden = architecture.hidden
    activation = architecture.activation
    dropout = architecture.dropout
    initializer = architecture.initializer
    options = checkpoint.options
  }

  /// The rule of the updates, with a learning rate that suits it.
  var optimizer: OptimizerChoice {
    get { options.optimizer }
    set {
      if newValue != options.optimizer { options.learningRate = newValue.usualLearningRate }
      options.optimizer = newValue
    }
  }

  /// The network for samples.
  func architecture(for samples: Dataset) -> ClassifierArchitecture {
    ClassifierArchitecture(
      inputs: samples.features, hidden: hidden, classes: samples.classes, activation: activation,
      dropout: dropout, initializer: initializer)
  }

  /// - Throws: `argument` with the first number that is out of range.
  func check() throws {
    try options.check()
    try ClassifierArchitecture(
      inputs: 1, hidden: hidden, classes: 1, dropout: dropout, initializer: initializer
    ).check()
  }
}

/// One thing that was said about a training.
struct TrainingChange {
  /// The option that said it, such as `--hidden`.
  let option: String
  /// Whether it makes sense without knowing what else was said.
  let isAlone: Bool
  /// - Throws: `ValidationError` where it does not fit what was said before.
  let apply: (inout TrainingPlan) throws -> Void

  /// `nil` where the option was not given.
  init?<Value>(
    _ option: String, _ value: Value?, isAlone: Bool = true,
    _ set: @escaping (inout TrainingPlan, Value) throws -> Void
  ) {
    guard let value else { return nil }
    self.option = option
    self.isAlone = isAlone
    apply = { try set(&$0, value) }
  }
}

extension [TrainingChange] {
  /// The plan of a new training.
  ///
  /// - Throws: `ValidationError` where options do not fit together or are out of range.
  func plan(epochs: Int?) throws -> TrainingPlan {
    var plan = TrainingPlan()
    if let epochs { plan.options.epochs = epochs }
    for change in self { try change.apply(&plan) }
    do { try plan.check() } catch let error as TidemillError {
      throw ValidationError(error.message)
    }
    return plan
  }

  /// Finds out that nothing was said that differs from a plan: threads and files may be others, but not what
  /// decides the bits. A data set may have moved: that its samples are the same is for the training to find.
  ///
  /// - Throws: `argument` with the options that do.
  func check(against plan: TrainingPlan, samples: Int, file: String) throws {
    let different = filter { change in
      var changed = plan
      guard (try? change.apply(&changed)) != nil else { return true }
      changed.options.clampBatchSize(to: samples)
      changed.dataset = plan.dataset
      return changed != plan
    }.map(\.option)
    guard !different.isEmpty else { return }
    throw TidemillError(
      .argument,
      "\(different.joined(separator: ", ")): the training in \(file) was begun otherwise, and can "
        + "only go on as it was. Leave \(different.count == 1 ? "it" : "them") out.")
  }
}

extension TrainingOptions {
  /// A batch has no more samples than there are to train on.
  mutating func clampBatchSize(to samples: Int) {
    batchSize = Swift.max(Swift.min(batchSize, trainingCount(of: samples)), 1)
  }
}
