import Tidemill

/// What a training has come to; with ``EvaluationFigures`` the last line of JSON. Names of fields are stable.
struct TrainingResult: Encodable {
  let event = "result"
  let dataset: String
  let trainSamples: Int
  /// Of those that were given to train on.
  let validationSamples: Int?
  /// Those that training has come to.
  let epochs: Int
  /// In all epochs.
  let steps: Int
  /// Whether patience ran out before the last epoch.
  let stoppedEarly: Bool?
  /// The epoch that did best on the samples for validation, and how well.
  let bestEpoch: Int?
  let bestValidationLoss: Double?
  let bestValidationAccuracy: Double?
  /// The mean over the last epoch.
  let loss: Double
  /// A fraction.
  let trainAccuracy: Double
  let samplesPerSecond: Double
  /// Of training, without compiling and evaluating.
  let seconds: Double
  let threads: Int
  let parameters: Int
  let arenaBytes: Int
  let stateBytes: Int
  /// All that a memory budget counts.
  let memoryBytes: Int
  let weightsSHA256: String

  /// Puts the results together.
  init(data: DatasetSplit, training: ClassifierTraining, end: TrainingProgress?) throws {
    dataset = data.train.name
    let position = training.position
    let left = training.options.trainingCount(of: data.train.count)
    trainSamples = left
    validationSamples = training.options.validation.map { _ in data.train.count - left }
    epochs = position.epoch
    steps = position.step
    stoppedEarly = training.options.validation?.patience.map { _ in training.hasStoppedEarly }
    bestEpoch = training.best?.epoch
    bestValidationLoss = training.best?.loss
    bestValidationAccuracy = training.best?.accuracy
    loss = position.loss
    trainAccuracy = position.accuracy
    samplesPerSecond = end?.samplesPerSecond ?? 0
    seconds = end?.seconds ?? 0
    threads = training.threads
    parameters = training.network.parameterCount
    arenaBytes = training.memory.arenaBytes
    stateBytes = training.memory.stateBytes
    memoryBytes = training.memory.totalBytes
    weightsSHA256 = try WeightsDigest.sha256(of: training.store)
  }

  /// For people.
  func lines(_ evaluation: Evaluation, classNames: [String], terminal: Terminal) -> [String] {
    var lines = evaluation.confusionLines(names: classNames)
    if let bestEpoch, let bestValidationLoss, let bestValidationAccuracy {
      let stop = stoppedEarly == true ? "; stopped early, its parameters are back" : ""
      lines.append(
        "best epoch     \(bestEpoch), validation loss \(NumberText.fixed(bestValidationLoss, 4)), "
          + "accuracy \(NumberText.percent(bestValidationAccuracy))\(stop)")
    }
    return lines + evaluation.scoreLines(terminal) + [
      "loss           \(NumberText.fixed(loss, 4)) at the end of training",
      "training       \(epochs) epochs of \(trainSamples) samples in "
        + "\(NumberText.duration(seconds)), \(threads) thread\(threads == 1 ? "" : "s")",
      "speed          \(NumberText.grouped(samplesPerSecond)) samples/s",
      "memory         arena \(NumberText.bytes(arenaBytes)), state "
        + "\(NumberText.bytes(stateBytes)), \(NumberText.bytes(memoryBytes)) in all",
      "weights        \(parameters) parameters, sha256 \(weightsSHA256.prefix(16))",
    ]
  }
}
