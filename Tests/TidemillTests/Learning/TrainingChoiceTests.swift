import Testing
import Tidemill

/// Optimisers and clippings that are chosen by value are the library's of that name, with the numbers given.
@Suite struct TrainingChoiceTests {
  /// The parameters after three steps of all samples are those of the library's optimiser of that name.
  private func check(
    _ clipping: GradientClipping? = nil, _ change: (inout TrainingOptions) -> Void,
    _ optimizer: @escaping @Sendable () -> any Optimizer
  ) throws {
    var small = SmallClassifier { options in
      options.batchSize = 150
      options.learningRate = 0.01
      options.momentum = 0.8
      options.weightDecay = 0.1
      change(&options)
    }
    small.architecture.dropout = 0
    let (options, samples) = (small.options, try SmallClassifier.samples)
    let training = try small.training()
    let network = training.network
    try training.run(on: samples)
    let store = try network.initialize(seed: options.seed)
    let session = try compile(threads: 1) { g in
      let logits = network(g.input("images", [150, 64]), .training)
      let loss = softmaxCrossEntropy(logits, labels: g.input("labels", [150], .int32))
      g.minimize(loss, over: network.parameters, with: optimizer(), clipping: clipping)
      return loss
    }.session(store)
    for epoch in 1...3 {
      for batch in try samples.batches(of: 150, seed: options.seed, epoch: epoch) {
        try session.run(batch.images, batch.labels)
      }
    }
    for (found, expected) in zip(try training.store.tensors, try store.tensors) {
      let differences = zip(found.tensor.doubles, expected.tensor.doubles).map { abs($0 - $1) }
      #expect(differences.max() ?? 1 < 1e-6, "\(options.optimizer), \(found.name)")
    }
  }

  @Test func optimizers() throws {
    let (rate, decay) = (0.01, 0.1)
    func check(
      _ choice: OptimizerChoice, _ optimizer: @escaping @Sendable () -> any Optimizer
    ) throws {
      try self.check(nil, { $0.optimizer = choice }, optimizer)
    }
    try check(.sgd) { SGD(learningRate: rate, momentum: 0.8, weightDecay: decay) }
    try check(.nesterov) {
      SGD(learningRate: rate, momentum: 0.8, nesterov: true, weightDecay: decay)
    }
    try check(.adagrad) { AdaGrad(learningRate: rate, weightDecay: decay) }
    try check(.rmsprop) { RMSProp(learningRate: rate, weightDecay: decay) }
    try check(.adadelta) { Adadelta(learningRate: rate, weightDecay: decay) }
    try check(.adam) { Adam(learningRate: rate, weightDecay: decay) }
    try check(.adamw) { AdamW(learningRate: rate, weightDecay: decay) }
    try check(.adamax) { Adamax(learningRate: rate, weightDecay: decay) }
    try check(.nadam) { NAdam(learningRate: rate, weightDecay: decay) }
    try check(.lion) { Lion(learningRate: rate, weightDecay: decay) }
  }

  @Test func clippings() throws {
    let rule: @Sendable () -> SGD = { SGD(learningRate: 0.01, momentum: 0.8, weightDecay: 0.1) }
    try check(.value(0.01), { $0.clipping = .value(0.01) }, rule)
    try check(.globalNorm(0.1), { $0.clipping = .globalNorm(0.1) }, rule)
  }

  /// What memory is asked for by is what the optimiser keeps.
  @Test(arguments: OptimizerChoice.allCases) func keptTensors(choice: OptimizerChoice) throws {
    for momentum in choice == .nesterov ? [0.9] : [0, 0.9] {
      let training = try SmallClassifier { options in
        options.optimizer = choice
        options.momentum = momentum
      }.training()
      let kept = try training.store.optimizerState.count { $0.tensor.shape == [64, 12] }
      #expect(kept == choice.keptTensors(momentum: momentum))
    }
  }
}
