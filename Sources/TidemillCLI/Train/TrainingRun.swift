import Tidemill

/// One `tidemill train`: load, train, evaluate, save, report.
struct TrainingRun {
  let dataset: String
  let hidden: [Int]
  let activation: Activation
  let options: TrainingOptions
  let save: String?
  let features: String?
  let format: OutputFormat

  func run() throws {
    let data = try DataSource.named(dataset, seed: options.seed)
    let network = Sequential.classifier(
      inputs: data.train.features, hidden: hidden, classes: data.train.classes,
      activation: activation)
    var options = options
    // A batch has no more samples than there are.
    options.batchSize = min(options.batchSize, data.train.count)
    let training = try ClassifierTraining(network, features: data.train.features, options)
    let end = try train(training, on: data.train)
    let evaluation = try training.evaluate(on: data.test)
    let result = try TrainingResult(
      data: data, training: training, end: end, evaluation: evaluation)
    try write(training.store, data.train)
    switch format {
    case .json: try Output.line(JSONText.encode(result))
    case .text: try describe(result, evaluation)
    }
  }

  /// Trains; where that fails, what has been learnt so far is saved.
  private func train(
    _ training: ClassifierTraining, on samples: Dataset
  ) throws -> TrainingProgress? {
    var progress = TrainingProgressOutput(format: format, terminal: .current)
    do {
      let end = try training.run(on: samples) { try progress.report($0) }
      try Output.clearLiveLine()
      return end
    } catch let error as TidemillError where error.code == .notFinite {
      guard let save else { throw error }
      try writeParameters(training.store, to: save)
      throw TidemillError(
        error.code, "\(error.message) The parameters before that step are saved in \(save).")
    }
  }

  private func write(_ store: ParameterStore, _ samples: Dataset) throws {
    if let save { try writeParameters(store, to: save) }
    guard let features, let weights = try store.tensors.first?.tensor else { return }
    try FeaturePicture(
      weights: weights, imageHeight: samples.imageHeight, imageWidth: samples.imageWidth
    ).write(to: features)
  }

  private func writeParameters(_ store: ParameterStore, to path: String) throws {
    try Safetensors(
      store.tensors,
      metadata: [
        "activation": activation.rawValue, "dataset": dataset, "seed": "\(options.seed)",
      ]
    ).write(to: path)
  }

  private func describe(_ result: TrainingResult, _ evaluation: Evaluation) throws {
    for line in result.lines(evaluation, terminal: .current) { try Output.line(line) }
    if let save { try Output.line("saved          \(save)") }
    if let features { try Output.line("features       \(features)") }
  }
}
