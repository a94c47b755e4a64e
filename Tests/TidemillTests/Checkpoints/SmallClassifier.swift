import Tidemill

/// A training on a few digits that takes milliseconds: 10 steps an epoch, the last one of a smaller batch.
struct SmallClassifier {
  var architecture = ClassifierArchitecture(
    inputs: 64, hidden: [12], classes: 10, activation: .tanh, dropout: 0.2)
  var options = TrainingOptions()

  static var samples: Dataset {
    get throws {
      let digits = try Digits.load().train.selecting(0..<150)
      return try Dataset(
        name: digits.name, images: digits.images, labels: digits.labels, classes: 10,
        imageHeight: 8, imageWidth: 8, classNames: (0..<10).map { "a \($0)" })
    }
  }

  init(_ change: (inout TrainingOptions) -> Void = { _ in }) {
    options.batchSize = 16
    options.epochs = 3
    change(&options)
  }

  func training(threads: Int? = 1) throws -> ClassifierTraining {
    try ClassifierTraining(architecture, options, threads: threads)
  }
}

/// What a training has reported and come to.
struct Course {
  private(set) var losses: [Int: Double] = [:]
  private(set) var accuracies: [Int: Double] = [:]

  /// Trains to the end, or to a step.
  mutating func follow(
    _ training: ClassifierTraining, upTo step: Int = .max
  ) throws {
    try training.run(on: SmallClassifier.samples) { progress in
      losses[progress.step] = progress.loss
      accuracies[progress.step] = progress.accuracy
      if progress.step >= step { training.stop() }
    }
  }
}

extension ClassifierTraining {
  /// Everything that a checkpoint keeps as numbers.
  func tensors() throws -> [(name: String, tensor: Tensor)] {
    let checkpoint = try checkpoint()
    return checkpoint.parameters + checkpoint.optimizerState + checkpoint.bestParameters
  }
}

/// The names of tensors that are not the same in both lists.
func differences(
  _ lhs: [(name: String, tensor: Tensor)], _ rhs: [(name: String, tensor: Tensor)]
) -> [String] {
  guard lhs.map(\.name) == rhs.map(\.name) else {
    return ["names: \(lhs.map(\.name)), \(rhs.map(\.name))"]
  }
  return zip(lhs, rhs).filter { !$0.tensor.hasSameBits(as: $1.tensor) }.map(\.0.name)
}
