import Testing
import Tidemill
import TidemillTestSupport

/// Training a classifier on the digits: what it refuses, and what it says of a training that diverges.
@Suite struct ClassifierTrainingTests {
  private let network = Sequential.classifier(
    inputs: 64, hidden: [8], classes: 10, activation: .relu)

  private func training(
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> ClassifierTraining {
    var options = TrainingOptions()
    options.epochs = 1
    change(&options)
    return try ClassifierTraining(network, features: 64, options)
  }

  @Test func optionsOutOfRange() throws {
    func check(_ part: String, _ change: (inout TrainingOptions) -> Void) throws {
      var options = TrainingOptions()
      change(&options)
      let text = try message { try ClassifierTraining(network, features: 64, options) }
      #expect(text.contains(part), "\(text)")
    }
    try check("batch size must be 1 or more, but 0 was given") { $0.batchSize = 0 }
    try check("batch size must be 1 or more, but -3 was given") { $0.batchSize = -3 }
    try check("epochs must be 1 or more, but 0 was given") { $0.epochs = 0 }
    try check("epochs must be 1 or more, but -1 was given") { $0.epochs = -1 }
    for threads in [0, -2] {
      let text = try message {
        try ClassifierTraining(network, features: 64, TrainingOptions(), threads: threads)
      }
      #expect(text.contains("threads must be 1 or more, but \(threads) was given"), "\(text)")
    }
    try check("finite as a float32, but 1e+39 was given") { $0.learningRate = 1e39 }
    try check("learning rate must be 0 or more") { $0.learningRate = .nan }
    try check("learning rate must be finite as a float32, but inf was given") {
      $0.learningRate = .infinity
    }
    try check("momentum must be in 0 ..< 1, but 1.0 was given") { $0.momentum = 1 }
    try check("weight decay must be finite as a float32, but 1e+300 was given") {
      $0.weightDecay = 1e300
    }
  }

  /// A number of epochs that nobody can wait for is no reason to trap.
  @Test func epochsWithoutEnd() throws {
    struct Enough: Error {}
    let digits = try Digits.load()
    #expect(throws: Enough.self) {
      try training { $0.epochs = .max }.run(on: digits.train) { progress in
        #expect(progress.secondsLeft > 1e12)
        throw Enough()
      }
    }
  }

  /// The last update overflows after a loss that was finite: no success.
  @Test(arguments: [1438, 64]) func divergence(batchSize: Int) throws {
    let digits = try Digits.load().train
    let glaring: [Float] = try digits.images.scalars().map { $0 * 1e6 }
    let samples = try Dataset(
      name: "glaring", images: Tensor(glaring, shape: digits.images.shape), labels: digits.labels,
      classes: 10, imageHeight: 8, imageWidth: 8)
    let training = try training { options in
      options.batchSize = batchSize
      options.learningRate = 1e38
    }
    let text = try message { try training.run(on: samples) }
    #expect(
      text.contains(
        "Training diverged: after \(batchSize == 64 ? "an earlier step" : "the last step")"),
      "\(text)")
    #expect(text.contains("parameters have elements that are not finite, '0.weight' the first"))
    #expect(training.store.notFinite.first == "0.weight")
  }

  @Test func samplesThatDoNotFit() throws {
    let training = try training()
    let images = try Tensor(zeros: [3, 64])
    let labels = try Tensor([0, 11, 2] as [Int32])
    let classes = try Dataset(
      name: "twelve", images: images, labels: labels, classes: 12, imageHeight: 8, imageWidth: 8)
    #expect(
      try message { try training.evaluate(on: classes) }
        .contains("tells 10 classes apart, but 'twelve' has 12"))
    #expect(try message { try training.run(on: classes) }.contains("but 'twelve' has 12"))
    let features = try Dataset(
      name: "wide", images: Tensor(zeros: [3, 65]), labels: Tensor([0, 1, 2] as [Int32]),
      classes: 3,
      imageHeight: 5, imageWidth: 13)
    #expect(
      try message { try training.evaluate(on: features) }
        .contains("takes 64 features, but samples of 'wide' have 65"))
  }

  /// Every rule learns the digits with its usual learning rate.
  @Test(arguments: OptimizerChoice.allCases) func optimizers(choice: OptimizerChoice) throws {
    let digits = try Digits.load()
    var options = TrainingOptions()
    options.epochs = 15
    options.optimizer = choice
    options.learningRate = choice.usualLearningRate
    let training = try ClassifierTraining(
      .classifier(inputs: 64, hidden: [64], classes: 10, activation: .relu), features: 64, options)
    try training.run(on: digits.train)
    #expect(try training.evaluate(on: digits.test).accuracy > 0.85)
  }

  /// The rate ends at nearly 0: the last steps of an annealed training change next to nothing.
  @Test(arguments: [ScheduleChoice.cosine(), .oneCycle()]) func schedules(choice: ScheduleChoice)
    throws
  {
    let digits = try Digits.load()
    let training = try training { $0.schedule = choice }
    var before: [Tensor] = []
    let steps = (digits.train.count - 1) / 64 + 1
    var step = 0
    try training.run(on: digits.train) { _ in
      step += 1
      if step == steps - 1 { before = try training.store.tensors.map(\.tensor) }
    }
    #expect(step == steps)
    for (old, new) in zip(before, try training.store.tensors) {
      let change = zip(old.doubles, new.tensor.doubles).map { abs($0 - $1) }.max() ?? 0
      #expect(change < 2e-3, "\(new.name)")
      #expect(change > 0 || choice == .oneCycle(), "\(new.name)")
    }
  }

  /// Evaluating counts every sample once, the last smaller batch included, and changes nothing.
  @Test func evaluation() throws {
    let digits = try Digits.load()
    let training = try training()
    let before = try training.store.tensors.map(\.tensor)
    let found = try training.evaluate(on: digits.test)
    #expect(found.confusion.joined().reduce(0, +) == digits.test.count)
    let right = (0..<10).reduce(0) { $0 + found.confusion[$1][$1] }
    #expect(found.accuracy == Double(right) / Double(digits.test.count))
    #expect(zip(before, try training.store.tensors).allSatisfy { $0.hasSameBits(as: $1.tensor) })
  }
}
