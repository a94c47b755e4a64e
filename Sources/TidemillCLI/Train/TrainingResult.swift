import Tidemill

/// What a training has come to; the last line of JSON. Names of fields are stable.
struct TrainingResult: Encodable {
  let event = "result"
  let dataset: String
  let trainSamples: Int
  let testSamples: Int
  let epochs: Int
  /// The mean over the last epoch.
  let loss: Double
  /// Fractions.
  let trainAccuracy: Double
  let testAccuracy: Double
  /// Left out where it is not finite.
  let testLoss: Double?
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
  /// By true class and by predicted class; left out where there are many classes.
  let confusion: [[Int]]?

  private static let mostClasses = 100
  private static let mostClassesOfText = 26

  /// Puts the results together.
  init(
    data: DatasetSplit, training: ClassifierTraining, end: TrainingProgress?,
    evaluation: Evaluation
  ) throws {
    dataset = data.train.name
    trainSamples = data.train.count
    testSamples = data.test.count
    epochs = end?.epochs ?? 0
    loss = end?.loss ?? 0
    trainAccuracy = end?.accuracy ?? 0
    testAccuracy = evaluation.accuracy
    testLoss = evaluation.loss.isFinite ? evaluation.loss : nil
    samplesPerSecond = end?.samplesPerSecond ?? 0
    seconds = end?.seconds ?? 0
    threads = training.threads
    parameters = training.network.parameterCount
    arenaBytes = training.memory.arenaBytes
    stateBytes = training.memory.stateBytes
    memoryBytes = training.memory.totalBytes
    weightsSHA256 = try WeightsDigest.sha256(of: training.store)
    confusion = data.test.classes <= Self.mostClasses ? evaluation.confusion : nil
  }

  /// For people.
  func lines(_ evaluation: Evaluation, classNames: [String], terminal: Terminal) -> [String] {
    var lines: [String] = []
    if 1...Self.mostClassesOfText ~= evaluation.confusion.count {
      lines += ["confusion matrix (rows: true class, columns: predicted class)"]
      lines += evaluation.confusionTable(names: classNames).map { "  " + $0 }
      lines.append("")
    }
    let accuracy = terminal.styled(NumberText.percent(testAccuracy), .bold)
    return lines + [
      "test accuracy  \(accuracy) (\(evaluation.right) of \(evaluation.samples))",
      "loss           \(NumberText.fixed(loss, 4)) at the end of training",
      "training       \(epochs) epochs of \(trainSamples) samples in "
        + "\(NumberText.duration(seconds)), \(NumberText.grouped(samplesPerSecond)) samples/s, "
        + "\(threads) thread\(threads == 1 ? "" : "s")",
      "memory         arena \(NumberText.bytes(arenaBytes)), state "
        + "\(NumberText.bytes(stateBytes)), \(NumberText.bytes(memoryBytes)) in all",
      "weights        \(parameters) parameters, sha256 \(weightsSHA256)",
    ]
  }
}
