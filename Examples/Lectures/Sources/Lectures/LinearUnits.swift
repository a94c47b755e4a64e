import Tidemill

/// What hidden units are without a function between them: one linear layer, however many there are. And what a
/// narrow one is good for.
func linearUnits(_ report: Report) throws {
  let digits = try Digits.load()
  for (activation, stated) in [(Activation.linear, 0.96), (.relu, 0.975)] {
    let network = Sequential.classifier(
      inputs: 64, hidden: [64, 32], classes: 10, activation: activation)
    var options = TrainingOptions()
    options.epochs = 20
    let training = try ClassifierTraining(network, features: 64, options)
    try training.run(on: digits.train)
    report.figure(
      "\(activation) units: test accuracy", try training.evaluate(on: digits.test).accuracy,
      atLeast: stated)
    if activation == .linear { try multiplyOut(network, training.store, digits.test, report) }
  }
  try bottleneck(digits, report)
}

/// The product of the three matrices is a single layer that computes the same: A = W₁W₂W₃, c = (b₁W₂ + b₂)W₃ + b₃.
private func multiplyOut(
  _ network: Sequential, _ store: ParameterStore, _ samples: Dataset, _ report: Report
) throws {
  let layers = network.layers.compactMap { $0 as? Linear }
  let both = try compile { g in
    let images = g.input("images", [samples.count, 64])
    let w = layers.map { g.read($0.weight) }
    let b = layers.compactMap { $0.bias.map { g.read($0) } }
    let matrix = w[0].matmul(w[1]).matmul(w[2])
    let shift = (b[0].matmul(w[1]) + b[1]).matmul(w[2]) + b[2]
    return [network(images), images.matmul(matrix) + shift]
  }
  let session = try both.session(store)
  try session.run(samples.images)
  let outputs = session.results.map(\.doubles)
  let difference = zip(outputs[0], outputs[1]).map { abs($0 - $1) }.max() ?? .nan
  report.figure("three layers and their product differ by", difference, atMost: 1e-4)
}

/// 64 numbers through 2 and back to 64: the two that tell most about a digit are a place in the plane.
private func bottleneck(_ digits: DatasetSplit, _ report: Report) throws {
  let narrow = Linear(64, 2, initializer: .glorot)
  let network = Sequential {
    narrow
    Linear(2, 64, initializer: .glorot)
  }
  let step = try compile { g in
    let images = g.input("images", [64, 64])
    let loss = meanSquaredError(network(images, .training), images)
    g.minimize(
      loss, over: network.parameters, with: Adam(learningRate: g.input("rate", [])))
    return loss
  }
  let store = try network.initialize(seed: 1)
  let session = try step.session(store)
  let epochs = 100
  let schedule = Schedule.cosine(0.01, over: epochs * 23)
  for epoch in 1...epochs {
    for batch in try digits.train.batches(of: 64, seed: 1, epoch: epoch) {
      try session.run(batch.images, schedule.rate(at: session.step))
    }
  }
  let count = digits.train.count
  let error = try compile { g in
    let images = g.input("images", [count, 64])
    return meanSquaredError(network(images), images)
  }.session(store).run(digits.train.images).item()
  // No two numbers do better than the first two principal components, whose error NumPy's singular values tell.
  let principalComponents = 0.05262027
  report.figure(
    "mean squared error of 2 numbers for 64", error,
    within: principalComponents * 0.9999...principalComponents * 1.01)

  let places = try compile { g in narrow(g.input("images", [1, 64])) }
    .session(store).run(digits.test.images).doubles
  let series = try (0...9).map { digit in
    let samples = try (0..<digits.test.count).filter { try digits.test.label($0) == digit }
    return LineChart.Series(
      "\(digit)", points: samples.map { (x: places[2 * $0], y: places[2 * $0 + 1]) }, mark: .dots)
  }
  try report.picture(
    "linear-units.svg",
    LineChart("Test digits in two dimensions", x: "first unit", y: "second unit", series))
}
