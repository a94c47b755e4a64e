import Testing
import Tidemill
import TidemillTestSupport

/// A training that is stopped, written to a file, read and gone on with comes to the same bits as one that is not.
@Suite struct ResumeTests {
  /// Stops a training at each of some steps in turn, and compares the end with that of an undisturbed one.
  private func check(
    _ small: SmallClassifier, stops: [Int], at location: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    var undisturbed = Course()
    let whole = try small.training()
    try undisturbed.follow(whole)

    var course = Course()
    var training = try small.training()
    for (index, stop) in stops.enumerated() {
      try course.follow(training, upTo: stop)
      #expect(training.position.step == stop, sourceLocation: location)
      let path = folder("\(stop).safetensors")
      try training.checkpoint().write(to: path)
      // Threads do not decide bits.
      training = try ClassifierTraining(
        resuming: Checkpoint(path: path), threads: index.isMultiple(of: 2) ? 3 : 1)
    }
    try course.follow(training)
    #expect(training.position == whole.position, sourceLocation: location)
    #expect(course.losses == undisturbed.losses, sourceLocation: location)
    #expect(course.accuracies == undisturbed.accuracies, sourceLocation: location)
    #expect(training.best == whole.best, sourceLocation: location)
    #expect(
      differences(try training.tensors(), try whole.tensors()) == [], sourceLocation: location)
  }

  /// From the middle of an epoch, its end, and the middle of another; with dropout, penalties and clipping.
  @Test(arguments: OptimizerChoice.allCases) func optimizers(choice: OptimizerChoice) throws {
    let small = SmallClassifier { options in
      options.optimizer = choice
      options.learningRate = choice.usualLearningRate
      options.schedule = .cosine()
      options.warmUpSteps = 4
      options.clipping = .globalNorm(1)
      options.l1 = 1e-4
      options.standardizes = true
    }
    try check(small, stops: [3, 10, 17, 29])
  }

  @Test(arguments: [
    ScheduleChoice.constant, .step(epochs: 1, factor: 0.5), .exponential(), .cosine(last: 0.1),
    .oneCycle(),
  ]) func schedules(choice: ScheduleChoice) throws {
    try check(SmallClassifier { $0.schedule = choice }, stops: [1, 12])
  }

  @Test(arguments: [
    LossChoice.crossEntropy(smoothing: 0.1), .hinge(), .squaredError, .huber(delta: 0.5),
    .binaryCrossEntropy,
    .crossEntropy(classWeights: (1...10).map { Double($0) / 7 }),
  ]) func losses(choice: LossChoice) throws {
    try check(SmallClassifier { $0.loss = choice }, stops: [5, 20])
  }

  /// Patience runs out after the stops, and the best parameters come from before them.
  @Test func earlyStopping() throws {
    let small = SmallClassifier { options in
      options.epochs = 60
      options.learningRate = 0.5
      options.validation = ValidationOptions(share: 0.3, patience: 4)
    }
    var course = Course()
    let whole = try small.training()
    try course.follow(whole)
    #expect(whole.hasStoppedEarly)
    let best = try #require(whole.best).epoch
    #expect(whole.position.epoch == best + 4)
    let steps = whole.position.step / whole.position.epoch
    try check(small, stops: [2, best * steps, best * steps + 3, (best + 3) * steps])
  }

  @Test func beforeTheFirstStepAndAfterTheLast() throws {
    struct Enough: Error {}
    let small = SmallClassifier()
    let training = try small.training()
    #expect(
      try message { try training.checkpoint() }.contains("no checkpoint before training has been"))
    try check(small, stops: [30])
    #expect(try training.run(on: SmallClassifier.samples)?.step == 30)
    #expect(try training.run(on: SmallClassifier.samples) == nil, "nothing is left to do")
  }

  /// More epochs than at first: as if there had been as many all the time.
  @Test func moreEpochs() throws {
    let whole = try SmallClassifier { $0.epochs = 5 }.training()
    try whole.run(on: SmallClassifier.samples)
    let short = try SmallClassifier().training()
    try short.run(on: SmallClassifier.samples)
    let resumed = try ClassifierTraining(resuming: short.checkpoint(), epochs: 5)
    try resumed.run(on: SmallClassifier.samples)
    #expect(differences(try resumed.tensors(), try whole.tensors()) == [])
  }

  /// Texts of the caller's, and the loss that evaluating measures, come along too.
  @Test func notesAndLoss() throws {
    let training = try SmallClassifier { $0.loss = .hinge(margin: 2) }.training()
    training.notes = ["dataset": "a few digits"]
    var course = Course()
    try course.follow(training, upTo: 4)
    let checkpoint = try training.checkpoint()
    let resumed = try ClassifierTraining(resuming: checkpoint)
    #expect(resumed.notes == training.notes)
    let samples = try SmallClassifier.samples
    let loss = try training.evaluate(on: samples).loss
    #expect(try resumed.evaluate(on: samples).loss == loss)
    #expect(try Classifier(checkpoint).evaluate(on: samples).loss == loss)
  }

  @Test func whatCannotGoOn() throws {
    let training = try SmallClassifier { $0.schedule = .cosine() }.training()
    var course = Course()
    try course.follow(training, upTo: 25)
    let checkpoint = try training.checkpoint()
    func refusal(_ epochs: Int) throws -> String {
      try message { try ClassifierTraining(resuming: checkpoint, epochs: epochs) }
    }
    #expect(
      try refusal(2) == "Training has come to epoch 3, and cannot end at epoch 2.")
    #expect(
      try refusal(4)
        == "Training began for 3 epochs, on which its learning rate depends, so it cannot go on for 4."
    )
    #expect(ScheduleChoice.oneCycle().dependsOnLength)
    let resumed = try ClassifierTraining(resuming: checkpoint)
    let samples = try SmallClassifier.samples
    var labels: [Int32] = try samples.labels.scalars()
    labels[149] = (labels[149] + 1) % 10
    let relabelled = try Dataset(
      name: "digits", images: samples.images, labels: Tensor(labels), classes: 10, imageHeight: 8,
      imageWidth: 8)
    #expect(
      try message { try resumed.run(on: relabelled) }.contains("but others of 'digits' were given"))
    func fives(classes: Int) throws -> Dataset {
      try Dataset(
        name: "fives", images: samples.images, labels: Tensor((0..<150).map { Int32($0 % 5) }),
        classes: classes, imageHeight: 8, imageWidth: 8)
    }
    let other = try SmallClassifier { $0.epochs = 1 }.training()
    try other.run(on: fives(classes: 10))
    #expect(
      try message { try other.run(on: fives(classes: 5)) }.contains("others of 'fives' were given"))
    let digits = try Digits.load().train
    #expect(
      try message { try resumed.run(on: digits.selecting(1..<151)) }
        == "Training began with 150 samples of 'digits', and can only go on with the same ones, but "
        + "others of 'digits' were given.")
    #expect(
      try message { try resumed.run(on: digits) }.contains("but 1438 of 'digits' were given."))
  }

  /// A network of the caller's own has no architecture in the file, and must be given again.
  @Test func ownNetwork() throws {
    func network(_ hidden: Int) -> Sequential {
      Sequential {
        Linear(64, hidden); ReLU(); Linear(hidden, 10)
      }
    }
    func training() throws -> ClassifierTraining {
      try ClassifierTraining(network(7), features: 64, SmallClassifier().options)
    }
    let whole = try training()
    try whole.run(on: SmallClassifier.samples)
    let folder = try TemporaryFolder()
    var course = Course()
    let stopped = try training()
    try course.follow(stopped, upTo: 14)
    try stopped.checkpoint().write(to: folder("own"))
    let checkpoint = try Checkpoint(path: folder("own"))
    #expect(checkpoint.architecture == nil)
    #expect(
      try message { try ClassifierTraining(resuming: checkpoint) }
        .contains("does not say what network it is of"))
    #expect(
      try message { try ClassifierTraining(resuming: checkpoint, network: network(8)) }
        .contains(
          "The parameter '0.weight' is float32[64, 8], but the tensor given is float32[64, 7]"))
    let deeper = Sequential { network(7).layers + [Bias(10)] }
    #expect(
      try message { try ClassifierTraining(resuming: checkpoint, network: deeper) }
        .contains("The checkpoint has 4 parameters, but the network has 5."))
    let resumed = try ClassifierTraining(resuming: checkpoint, network: network(7))
    try resumed.run(on: SmallClassifier.samples)
    #expect(differences(try resumed.tensors(), try whole.tensors()) == [])
  }
}
