import Tidemill

/// A network of two layers, with dropout if wanted, on made-up samples: small enough to train many times.
struct SmallTraining: Sendable {
  let network: Sequential
  let batch = 50

  init(dropout: Bool = true) {
    network = Sequential {
      Linear(6, 40)
      Tanh()
      if dropout { Dropout(0.2) }
      Linear(40, 3, initializer: .glorot)
    }
  }

  func compiled(budget: MemoryBudget = .unlimited, threads: Int? = nil) throws -> CompiledFunction {
    try compile(memoryBudget: budget, threads: threads) { g in
      let x = g.input("x", [batch, 6])
      let labels = g.input("labels", [batch], .int32)
      let loss = softmaxCrossEntropy(network(x, .training), labels: labels)
      g.minimize(
        loss, over: network.parameters,
        with: SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3))
      return loss
    }
  }

  func samples(_ step: Int) throws -> (x: Tensor, labels: Tensor) {
    var generator = SeededGenerator(seed: UInt64(step))
    let labels = (0..<batch).map { _ in Int32(generator.index(below: 3)) }
    let x = labels.flatMap { label in
      (0..<6).map { Float(generator.index(below: 1000)) / 1000 + (Int(label) * 2 == $0 ? 1 : 0) }
    }
    return (try Tensor(x, shape: [batch, 6]), try Tensor(labels))
  }

  /// The parameters after some steps.
  func train(
    _ function: CompiledFunction, store: ParameterStore? = nil, steps: Int, from first: Int = 0
  ) throws -> [Tensor] {
    let store = try store ?? network.initialize(seed: 1)
    let session = try function.session(store, seed: 5)
    for step in first..<first + steps {
      let batch = try samples(step)
      _ = try session.run(batch.x, batch.labels)
    }
    return try store.tensors.map(\.tensor)
  }
}
