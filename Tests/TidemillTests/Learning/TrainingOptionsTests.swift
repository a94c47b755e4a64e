import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Descriptions of trainings: each choice is the library's thing of that name, and survives being written.
@Suite struct TrainingOptionsTests {
  @Test func codable() throws {
    var options = TrainingOptions()
    options.optimizer = .nadam
    options.learningRate = 0.1 + 0.2
    options.schedule = .oneCycle(rising: 0.25)
    options.warmUpSteps = 9
    options.loss = .crossEntropy(smoothing: 0.1, classWeights: [1, 2.5])
    options.clipping = .value(0.5)
    options.validation = ValidationOptions(share: 0.1, measure: .accuracy, patience: 4)
    options.seed = .max
    let again = try JSONDecoder().decode(
      TrainingOptions.self, from: JSONEncoder().encode(options))
    #expect(again == options)
    #expect(again != TrainingOptions())
    let architecture = ClassifierArchitecture(
      inputs: 4, hidden: [3, 2], classes: 2, activation: .silu, dropout: 0.3)
    #expect(
      try JSONDecoder().decode(
        ClassifierArchitecture.self, from: JSONEncoder().encode(architecture)) == architecture)
  }

  /// The rate of each step of 3 epochs of 10 steps.
  private func rates(_ choice: ScheduleChoice, warmUp: Int = 0) throws -> [Double] {
    let training = try SmallClassifier { options in
      options.learningRate = 0.5
      options.schedule = choice
      options.warmUpSteps = warmUp
    }.training()
    var rates: [Double] = []
    try training.run(on: SmallClassifier.samples) { rates.append($0.learningRate) }
    return rates
  }

  @Test func schedules() throws {
    func expect(_ choice: ScheduleChoice, _ schedule: Schedule) throws {
      let found = try rates(choice)
      #expect(found.count == 30)
      for (step, rate) in found.enumerated() {
        #expect(abs(rate - schedule.rate(at: step)) < 1e-12, "\(choice), step \(step)")
      }
    }
    try expect(.constant, .constant(0.5))
    try expect(.step(epochs: 2, factor: 0.3), .step(0.5, every: 20, factor: 0.3))
    try expect(.exponential(factor: 0.5), .exponential(0.5, factor: pow(0.5, 0.1)))
    try expect(.cosine(last: 0.1), .cosine(0.5, over: 30, to: 0.05))
    try expect(.oneCycle(rising: 0.5), .oneCycle(0.5, over: 30, rising: 0.5))
    let warm = try rates(.cosine(), warmUp: 5)
    #expect(warm[0] == 0 && abs(warm[4] - 0.4) < 1e-12 && warm[5] == 0.5)
    #expect(abs(warm[29] - Schedule.cosine(0.5, over: 25).rate(at: 24)) < 1e-12)
  }

  /// What a step reports and evaluating finds is the library's loss, computed apart.
  @Test(arguments: [
    LossChoice.crossEntropy(), .crossEntropy(smoothing: 0.2), .hinge(margin: 0.5), .squaredError,
    .absoluteError, .huber(delta: 0.3), .binaryCrossEntropy,
    .crossEntropy(smoothing: 0.1, classWeights: (1...10).map(Double.init)),
  ]) func losses(choice: LossChoice) throws {
    let samples = try SmallClassifier.samples
    var small = SmallClassifier { options in
      options.batchSize = 64
      options.learningRate = 0  // so that all batches see the same parameters
      options.weightDecay = 0
      options.epochs = 1
      options.loss = choice
    }
    small.architecture.dropout = 0
    let training = try small.training()
    let reported = try #require(try training.run(on: samples))
    let network = training.network
    let reference = try compile { g in
      let logits = network(g.input("images", [150, 64]), .inference)
      let labels = g.input("labels", [150], .int32)
      switch choice {
      case .crossEntropy(let smoothing, let weights):
        return softmaxCrossEntropy(
          logits, labels: labels, classWeights: weights, smoothing: smoothing)
      case .hinge(let margin): return multiClassHingeLoss(logits, labels: labels, margin: margin)
      case .squaredError:
        return squaredError(logits, labels.oneHot(10), factor: 0.5) * (1.0 / 150)
      case .absoluteError:
        return absoluteError(logits, labels.oneHot(10), reduction: .sum) * (1.0 / 150)
      case .huber(let delta):
        return huberLoss(logits, labels.oneHot(10), delta: delta, reduction: .sum) * (1.0 / 150)
      case .binaryCrossEntropy:
        return binaryCrossEntropy(logits, targets: labels.oneHot(10), reduction: .sum)
          * (1.0 / 150)
      }
    }.session(training.store).run(samples.images, samples.labels).item()
    #expect(abs(reported.loss - reference) < 1e-5 * reference)
    #expect(abs(try training.evaluate(on: samples).loss - reference) < 1e-5 * reference)
  }

  /// The usual numbers are those that the rules themselves have, and each number has an effect.
  @Test(arguments: OptimizerChoice.allCases)
  func optimizerNumbers(choice: OptimizerChoice) throws {
    func weights(_ change: (inout OptimizerNumbers) -> Void) throws -> [Double] {
      let training = try SmallClassifier { options in
        options.optimizer = choice
        options.learningRate = choice.usualLearningRate
        options.epochs = 1
        change(&options.optimizerNumbers)
      }.training()
      try training.run(on: SmallClassifier.samples)
      return try training.store.tensors.flatMap(\.tensor.doubles)
    }
    let usual = try weights { _ in }
    #expect(try weights { $0 = choice.usualNumbers } == usual)
    let paths: [WritableKeyPath<OptimizerNumbers, Double?>] = [
      \.beta1, \.beta2, \.decay, \.epsilon,
    ]
    for path in paths {
      if let number = choice.usualNumbers[keyPath: path] {
        #expect(try weights { $0[keyPath: path] = number < 0.1 ? 0.01 : 0.5 } != usual, "\(path)")
      } else {
        let error = #expect(throws: TidemillError.self) {
          _ = try weights { $0[keyPath: path] = 0.5 }
        }
        #expect(error?.message.contains("but not of \(choice.rawValue): leave it out.") == true)
      }
    }
  }

  /// The numbers are drawn by the library's initialisers, for all layers alike.
  @Test(arguments: [
    Initializer.he, .glorot, .leCun, .orthogonal(gain: 2), .uniform(bound: 0.1),
    .normal(deviation: 0.2), .truncatedNormal(deviation: 0.05), .constant(3),
  ])
  func initializers(initializer: Initializer) throws {
    let network = try ClassifierArchitecture(
      inputs: 5, hidden: [4], classes: 3, initializer: initializer
    ).makeNetwork()
    let same = Sequential {
      Linear(5, 4, initializer: initializer)
      ReLU()
      Linear(4, 3, initializer: initializer)
    }
    let (found, wanted) = (try network.initialize(seed: 3), try same.initialize(seed: 3))
    for (lhs, rhs) in zip(try found.tensors, try wanted.tensors) {
      #expect(lhs.name == rhs.name && lhs.tensor.doubles == rhs.tensor.doubles)
    }
  }

  @Test func penaltiesAndClipping() throws {
    func norm(_ change: (inout TrainingOptions) -> Void) throws -> Double {
      let training = try SmallClassifier(change).training()
      try training.run(on: SmallClassifier.samples)
      return try training.store.tensors.reduce(0) { $1.tensor.doubles.reduce($0) { $0 + abs($1) } }
    }
    let plain = try norm { $0.weightDecay = 0 }
    #expect(
      try norm {
        $0.weightDecay = 0; $0.l1 = 0.01
      } < 0.95 * plain)
    #expect(
      try norm {
        $0.weightDecay = 0; $0.l2 = 0.1
      } < 0.95 * plain)
    // An L2 penalty is the weight decay of plain SGD, but for rounding.
    #expect(
      abs(
        try norm { $0.weightDecay = 0.1 }
          - norm {
            $0.weightDecay = 0; $0.l2 = 0.1
          }) < 1e-3)
    // Clipped to next to nothing, parameters stay where they began.
    let start = try norm { $0.learningRate = 0 }
    #expect(
      abs(
        try norm {
          $0.weightDecay = 0; $0.clipping = .value(1e-9)
        } - start) < 1e-4)
    #expect(
      abs(
        try norm {
          $0.weightDecay = 0; $0.clipping = .globalNorm(1e-9)
        } - start) < 1e-4)
    #expect(abs(plain - start) > 0.1)
  }

  /// Left out in steps only: evaluating is the same every time.
  @Test func dropout() throws {
    let training = try SmallClassifier().training()
    #expect(
      training.network.layers.map { "\(type(of: $0))" } == ["Linear", "Tanh", "Dropout", "Linear"])
    try training.run(on: SmallClassifier.samples)
    let samples = try SmallClassifier.samples
    #expect(try training.evaluate(on: samples).loss == training.evaluate(on: samples).loss)
    var plain = SmallClassifier()
    plain.architecture.dropout = 0
    let other = try plain.training()
    try other.run(on: samples)
    #expect(try other.store.tensor(named: "0.weight") != training.store.tensor(named: "0.weight"))
  }

  @Test(arguments: Activation.allCases) func activations(activation: Activation) throws {
    var small = SmallClassifier { $0.epochs = 20 }
    small.architecture.activation = activation
    let training = try small.training()
    try training.run(on: SmallClassifier.samples)
    #expect(try training.evaluate(on: SmallClassifier.samples).accuracy > 0.6)
  }

  @Test func optionsOutOfRange() throws {
    func check(_ part: String, _ change: (inout TrainingOptions) -> Void) throws {
      let text = try message { try SmallClassifier(change).training() }
      #expect(text.contains(part), "\(text)")
    }
    try check("steps to warm up must be 0 or more, but -1 was") { $0.warmUpSteps = -1 }
    try check("label smoothing must be in 0 ... 1, but 1.5 was") {
      $0.loss = .crossEntropy(smoothing: 1.5)
    }
    try check("weight of a class must be finite and more than 0, but 0.0") {
      $0.loss = .crossEntropy(classWeights: [0, 1])
    }
    try check("a weight for each of the 10 classes, but 2 were given") {
      $0.loss = .crossEntropy(classWeights: [1, 1])
    }
    try check("margin must be finite and more than 0, but -1.0") { $0.loss = .hinge(margin: -1) }
    try check("l1 penalty must be 0 or more, but -1.0") { $0.l1 = -1 }
    try check("l2 penalty must be finite as a float32, but inf") { $0.l2 = .infinity }
    try check("gradient norm must be finite and more than 0, but 0.0") {
      $0.clipping = .globalNorm(0)
    }
    try check("gradient element must be finite and more than 0, but nan") {
      $0.clipping = .value(.nan)
    }
    try check("share of samples for validation must be between 0 and 1, but 1.0") {
      $0.validation = ValidationOptions(share: 1)
    }
    try check("share of samples for validation must be between 0 and 1, but 0.0") {
      $0.validation = ValidationOptions(share: 0)
    }
    try check("momentum must be in 0 ..< 1, but -0.1") { $0.momentum = -0.1 }
    try check("schedule's last share must be in 0 ... 1, but 2.0") {
      $0.schedule = .cosine(last: 2)
    }
    try check("patience must be 1 epoch or more, but 0") {
      $0.validation = ValidationOptions(share: 0.5, patience: 0)
    }
    try check("smallest gain must be finite and 0 or more, but -1.0") {
      $0.validation = ValidationOptions(share: 0.5, smallestGain: -1)
    }
    try check("epochs from step to step must be 1 or more, but 0") {
      $0.schedule = .step(epochs: 0)
    }
    try check("schedule's factor must be in 0 ... 1, but 2.0") {
      $0.schedule = .exponential(factor: 2)
    }
    try check("schedule's rising share must be in 0 ... 1, but -0.5") {
      $0.schedule = .oneCycle(rising: -0.5)
    }
    var small = SmallClassifier()
    small.architecture.dropout = 1
    #expect(
      try message { try small.training() }.contains("dropout must be in 0 ..< 1, but 1.0 was"))
    small.architecture.dropout = 0
    small.architecture.hidden = [0]
    #expect(try message { try small.training() }.contains("hidden layer must be 1 or more, but 0"))
  }

  /// Probabilities are the softmax of what evaluating takes the largest of, whatever the batch.
  @Test func probabilities() throws {
    let training = try SmallClassifier { $0.standardizes = true }.training()
    try training.run(on: SmallClassifier.samples)
    let samples = try SmallClassifier.samples
    let folder = try TemporaryFolder()
    try training.checkpoint().write(to: folder("c"))
    let classifier = try Classifier(Checkpoint(path: folder("c")))
    let rows = try classifier.probabilities(of: samples.images)
    #expect(rows.shape == [150, 10])
    let labels: [Int32] = try samples.labels.scalars()
    var right = 0
    for (sample, label) in labels.enumerated() {
      let row = try rows.slice(sample..<sample + 1)
      #expect(abs(row.doubles.reduce(0, +) - 1) < 1e-5)
      right += row.doubles.indices.max { row.doubles[$0] < row.doubles[$1] } == Int(label) ? 1 : 0
    }
    let found = try training.evaluate(on: samples)
    #expect(right == found.right && right > 75)
    #expect(try classifier.evaluate(on: samples).right == right)
    #expect(
      try message { try classifier.probabilities(of: Tensor(zeros: [2, 63])) }
        == "The network takes float32[N, 64], but the samples are float32[2, 63].")
    #expect(try classifier.probabilities(of: Tensor(zeros: [0, 64])).shape == [0, 10])
  }
}
