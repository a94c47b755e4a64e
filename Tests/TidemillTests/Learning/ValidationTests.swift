import Testing
import Tidemill
import TidemillTestSupport

/// Judging a training by samples that it does not see, and stopping it for that.
@Suite struct ValidationTests {
  private func digest(_ training: ClassifierTraining) throws -> [(name: String, tensor: Tensor)] {
    try training.store.tensors + training.store.optimizerState
  }

  /// Validation after each epoch, and evaluations in between, leave the training's bits as they are.
  @Test func evaluationLeavesTrainingUntouched() throws {
    let samples = try SmallClassifier.samples
    let small = SmallClassifier { $0.validation = ValidationOptions(share: 0.2) }
    let judged = try small.training()
    try judged.run(on: samples) { progress in
      #expect((progress.validation != nil) == progress.isEpochEnd)
      _ = try judged.evaluate(on: samples)
      _ = try judged.checkpoint()
    }
    // The same samples without those for validation.
    let split = try DatasetSplit(samples, testFraction: 0.2, seed: small.options.seed)
    #expect(split.test.count == 30)
    let plain = try SmallClassifier().training()
    try plain.run(on: split.train)
    #expect(differences(try digest(judged), try digest(plain)) == [])
  }

  @Test func whatIsReported() throws {
    let samples = try SmallClassifier.samples
    let training = try SmallClassifier { options in
      options.validation = ValidationOptions(share: 0.2)
      options.standardizes = true
    }.training()
    let held = try DatasetSplit(samples, testFraction: 0.2, seed: 1)
    var best: [Double] = []
    try training.run(on: samples) { progress in
      guard let found = progress.validation else { return }
      #expect(found.samples == 30)
      // The same as judging by hand what was held back.
      let again = try training.evaluate(on: held.test)
      #expect(found.loss == again.loss && found.right == again.right)
      #expect(progress.isBest == (best.min().map { found.loss < $0 } ?? true))
      best.append(found.loss)
    }
    #expect(best.count == 3)
    #expect(training.best?.loss == best.min())
    // Fitted on what is learnt alone.
    #expect(training.standardization == (try Standardization(fitting: held.train)))
  }

  @Test(arguments: ValidationOptions.Measure.allCases)
  func earlyStopping(measure: ValidationOptions.Measure) throws {
    let training = try SmallClassifier { options in
      options.epochs = 500
      options.learningRate = 0.3
      options.validation = ValidationOptions(share: 0.3, measure: measure, patience: 3)
    }.training()
    var scores: [Double] = []
    var parameters: [[(name: String, tensor: Tensor)]] = []
    try training.run(on: SmallClassifier.samples) { progress in
      guard let found = progress.validation else { return }
      scores.append(measure == .loss ? -found.loss : found.accuracy)
      // Of the last epoch these are the best ones already.
      parameters.append(try training.store.tensors)
    }
    #expect(training.hasStoppedEarly)
    let best = try #require(
      scores.indices.max { scores[$0] < scores[$1] || scores[$0] == scores[$1] && $0 > $1 })
    #expect(scores.count == best + 4)
    #expect(training.best?.epoch == best + 1)
    #expect(differences(try training.store.tensors, parameters[best]) == [])
    #expect(differences(parameters[best + 2], parameters[best]) != [])
    #expect(try training.run(on: SmallClassifier.samples) == nil)
  }

  @Test func withoutRestoring() throws {
    func train(_ restores: Bool, epochs: Int) throws -> ClassifierTraining {
      let training = try SmallClassifier { options in
        options.epochs = epochs
        options.learningRate = 0.3
        options.validation = ValidationOptions(share: 0.3, patience: 2, restoresBest: restores)
      }.training()
      try training.run(on: SmallClassifier.samples)
      return training
    }
    let stopped = try train(false, epochs: 500)
    #expect(stopped.hasStoppedEarly)
    // The parameters of a training of just so many epochs, of which the last one is not the best.
    let plain = try SmallClassifier { options in
      options.epochs = stopped.position.epoch
      options.learningRate = 0.3
      options.validation = ValidationOptions(share: 0.3)
    }.training()
    try plain.run(on: SmallClassifier.samples)
    #expect(differences(try digest(stopped), try digest(plain)) == [])
    #expect(differences(try digest(stopped), try digest(train(true, epochs: 500))) != [])
  }

  /// A loss that is no number is never the best, not even the first one.
  @Test func lossThatIsNoNumber() throws {
    let samples = try SmallClassifier.samples
    let small = SmallClassifier { options in
      options.epochs = 20
      options.validation = ValidationOptions(share: 0.2, patience: 4)
    }
    let places = try Dataset(
      name: "places", images: Tensor((0..<150).map(Float.init), shape: [150, 1]),
      labels: Tensor(zeros: [150], .int32), classes: 1, imageHeight: 1, imageWidth: 1)
    let held = try DatasetSplit(places, testFraction: 0.2, seed: small.options.seed).test
    var images = samples.images
    try images.set(Float.nan, at: Int(held.images.doubles[0]), 3)
    let broken = try Dataset(
      name: "broken", images: images, labels: samples.labels, classes: 10, imageHeight: 8,
      imageWidth: 8)
    let training = try small.training()
    let end = try #require(try training.run(on: broken))
    #expect(end.validation?.loss.isNaN == true && !end.isBest)
    #expect(training.best == nil && training.hasStoppedEarly && training.position.epoch == 4)
  }

  @Test(arguments: ValidationOptions.Measure.allCases)
  func smallestGain(measure: ValidationOptions.Measure) throws {
    // No epoch gains 10 of a loss that starts at about 2: the first one stays the best.
    let training = try SmallClassifier { options in
      options.epochs = 20
      options.validation = ValidationOptions(
        share: 0.3, measure: measure, smallestGain: 10, patience: 5)
    }.training()
    try training.run(on: SmallClassifier.samples)
    #expect(training.best?.epoch == 1 && training.position.epoch == 6 && training.hasStoppedEarly)
  }
}
