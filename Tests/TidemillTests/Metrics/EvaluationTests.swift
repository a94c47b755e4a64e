import Testing
import Tidemill

/// What an evaluation says beside the accuracy.
@Suite struct EvaluationTests {
  @Test func topKAndClasses() throws {
    let digits = try Digits.load()
    var options = TrainingOptions()
    options.epochs = 3
    let training = try ClassifierTraining(
      .classifier(inputs: 64, hidden: [16], classes: 10, activation: .relu), features: 64, options)
    try training.run(on: digits.train)
    let found = try training.evaluate(on: digits.test)
    // The network's own logits, all at once, through the functions of numbers.
    let network = training.network
    let count = digits.test.count
    let logits = try compile { g in network(g.input("x", [count, 64])) }
      .session(training.store).run(digits.test.images)
    for k in 1...10 {
      #expect(
        try found.topKAccuracy(k) == topKAccuracy(logits, labels: digits.test.labels, k: k))
    }
    #expect(found.topKAccuracy(1) == found.accuracy && found.topKAccuracy(10) == 1)
    #expect(found.topKAccuracy(0) == 0 && found.topKAccuracy(-1) == 0)
    #expect(found.topKAccuracy(2) > found.accuracy && found.topKAccuracy(.max) == 1)
    #expect(found.ranks.reduce(0, +) == found.samples)
    #expect(found.classScores.map(\.support).reduce(0, +) == found.samples)
    #expect(found.confusionMatrix.accuracy == found.accuracy)
    #expect(abs(found.confusionMatrix.averaged(.macro).f1 - found.accuracy) < 0.1)
  }
}
