import Testing
import Tidemill
import TidemillTestSupport

/// What is called while a classifier is trained, and when.
@Suite struct TrainingCallbackTests {
  private final class Recorder: TrainingCallback {
    let name: String
    var calls: [String] = []
    var stopsAt = 0

    init(_ name: String) { self.name = name }

    func stepEnded(_ progress: TrainingProgress, of training: ClassifierTraining) {
      calls.append("step \(progress.step)")
      #expect(training.position.step == progress.step)
      if progress.step == stopsAt { training.stop() }
    }

    func epochEnded(_ progress: TrainingProgress, of training: ClassifierTraining) {
      calls.append("epoch \(progress.epoch)")
    }
  }

  @Test func order() throws {
    let training = try SmallClassifier { options in
      options.batchSize = 60
      options.epochs = 2
    }.training()
    let (first, second) = (Recorder("first"), Recorder("second"))
    var rates: [Double] = []
    try training.run(on: SmallClassifier.samples, callbacks: [first, second]) {
      #expect(
        first.calls.filter { $0.hasPrefix("step") }.count == $0.step - 1, "report comes first")
      rates.append($0.learningRate)
    }
    let expected = [
      "step 1", "step 2", "step 3", "epoch 1", "step 4", "step 5", "step 6", "epoch 2",
    ]
    #expect(first.calls == expected && second.calls == expected)
    #expect(rates == Array(repeating: 0.05, count: 6))
  }

  @Test func stoppingAndGoingOn() throws {
    let training = try SmallClassifier().training()
    let recorder = Recorder("stops")
    recorder.stopsAt = 7
    let end = try training.run(on: SmallClassifier.samples, callbacks: [recorder])
    #expect(end?.step == 7 && training.position.step == 7)
    #expect(try training.run(on: SmallClassifier.samples, callbacks: [recorder])?.step == 30)
    let whole = try SmallClassifier().training()
    try whole.run(on: SmallClassifier.samples)
    #expect(differences(try training.tensors(), try whole.tensors()) == [])
  }

  /// Rates and times are of the run under way; what is left is what no run has done.
  @Test func ratesOfARunThatGoesOn() throws {
    let training = try SmallClassifier().training()
    let recorder = Recorder("stops")
    recorder.stopsAt = 13
    try training.run(on: SmallClassifier.samples, callbacks: [recorder])
    // An epoch and three batches of 16 are done.
    try training.run(on: SmallClassifier.samples) { progress in
      let done = (progress.epoch - 1) * 150 + progress.samples
      #expect(abs(progress.samplesPerSecond * progress.seconds - Double(done - 198)) < 1e-6)
      #expect(abs(progress.samplesPerSecond * progress.secondsLeft - Double(450 - done)) < 1e-6)
    }
    #expect(training.position.step == 30)
  }

  @Test func whatIsThrownEndsTheTraining() throws {
    struct Enough: Error {}
    struct Thrower: TrainingCallback {
      func epochEnded(_ progress: TrainingProgress, of training: ClassifierTraining) throws {
        throw Enough()
      }
    }
    let training = try SmallClassifier().training()
    #expect(throws: Enough.self) {
      try training.run(on: SmallClassifier.samples, callbacks: [Thrower()])
    }
    #expect(training.position.step == 10)
  }
}
