import Testing
import Tidemill

@Suite("tidemill train: options")
struct TrainOptionsTests {
  @Test("What is said arrives in the checkpoint, all of it")
  func optionsArrive() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("a")
    func saved(_ options: [String]) throws -> Checkpoint {
      let outcome = try CommandLineTool.run(["train"] + options + ["--save", file])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try Checkpoint(path: file)
    }
    let first = try saved([
      "--hidden", "4,3", "--activation", "tanh", "--dropout", "0.25", "--standardize",
      "--optimizer", "nesterov", "--learning-rate", "0.125", "--momentum", "0.5",
      "--weight-decay", "0.0625", "--l1", "0.001", "--l2", "0.002", "--clip-norm", "3",
      "--schedule", "one-cycle", "--schedule-last", "0.01", "--schedule-first", "0.02",
      "--schedule-rising", "0.4", "--warm-up", "3", "--batch-size", "100", "--epochs", "1",
      "--seed", "7", "--label-smoothing", "0.1", "--class-weights", "1,2,3,4,5,6,7,8,9,10",
      "--validation", "0.2", "--validation-by", "accuracy", "--patience", "3",
      "--smallest-gain", "0.01",
    ])
    var options = TrainingOptions()
    options.optimizer = .nesterov
    options.learningRate = 0.125
    options.momentum = 0.5
    options.weightDecay = 0.0625
    (options.l1, options.l2, options.clipping) = (0.001, 0.002, .globalNorm(3))
    options.schedule = .oneCycle(rising: 0.4, first: 0.02, last: 0.01)
    (options.warmUpSteps, options.batchSize, options.epochs, options.seed) = (3, 100, 1, 7)
    options.loss = .crossEntropy(smoothing: 0.1, classWeights: (1...10).map(Double.init))
    options.standardizes = true
    options.validation = ValidationOptions(
      share: 0.2, measure: .accuracy, smallestGain: 0.01, patience: 3)
    #expect(first.options == options)
    #expect(
      first.architecture
        == ClassifierArchitecture(
          inputs: 64, hidden: [4, 3], classes: 10, activation: .tanh, dropout: 0.25))
    let second = try saved([
      "--hidden", "4", "--epochs", "1", "--loss", "hinge", "--margin", "0.5", "--clip-value", "2",
      "--schedule", "step", "--schedule-epochs", "4", "--schedule-factor", "0.3", "--optimizer",
      "adam", "--beta1", "0.5", "--beta2", "0.75", "--epsilon", "0.125", "--initializer",
      "orthogonal", "--initial-size", "2",
    ])
    #expect(second.options.loss == .hinge(margin: 0.5) && second.options.clipping == .value(2))
    #expect(second.options.schedule == .step(epochs: 4, factor: 0.3))
    var numbers = OptimizerNumbers()
    (numbers.beta1, numbers.beta2, numbers.epsilon) = (0.5, 0.75, 0.125)
    #expect(second.options.optimizer == .adam && second.options.optimizerNumbers == numbers)
    #expect(second.architecture?.initializer == .orthogonal(gain: 2))
    let third = try saved([
      "--hidden", "none", "--epochs", "1", "--loss", "huber", "--delta", "0.25", "--optimizer",
      "rmsprop", "--decay", "0.5",
    ]).options
    #expect(third.loss == .huber(delta: 0.25) && third.optimizerNumbers.decay == 0.5)
  }
}
