import Tidemill

/// Ten layers of ReLU: gradients that vanish or explode on their way back, clipping against it, and the derivatives
/// that ReLU makes 0. All of it are numbers that the training step gives out beside its loss.
func deepGradients(_ report: Report) throws {
  let digits = try Digits.load()

  // Before any training: the norm of the loss's gradient at the output of each layer.
  var norms: [LineChart.Series] = []
  let sizes: [(name: String, gain: Double, growth: ClosedRange<Double>)] = [
    ("half of He's size", 0.5, 0...0.01), ("He's size", 1, 0.2...5),
    ("twice He's size", 2, 100...10_000),
  ]
  for (name, gain, stated) in sizes {
    let first = try DeepNetwork(gain: gain).train(on: digits.train, steps: 1)[0]
    norms.append(.init(name, first.gradientNorms))
    let growth = first.gradientNorms[0] / first.gradientNorms[9]
    report.figure("\(name): gradient at layer 1 to layer 10", growth, within: stated)
  }

  // Weights that are too large: plain steps end where the loss is not finite, clipped ones learn.
  do {
    try DeepNetwork(gain: 2).train(on: digits.train, steps: 200)
    report.figure("without clipping: the loss stays finite (1: yes)", 1, atMost: 0)
  } catch let error as TidemillError where error.code == .notFinite {
    print("without clipping: \(error.message)")
  }
  let clipped = try DeepNetwork(gain: 2).train(
    on: digits.train, steps: 600, clipping: .globalNorm(5))
  let sound = try DeepNetwork(gain: 1).train(on: digits.train, steps: 600)
  report.figure("with clipping: loss at the end", mean(clipped.suffix(23)), atMost: 0.8)
  report.figure("He's size: loss at the end", mean(sound.suffix(23)), atMost: 0.1)

  // A unit whose output is 0 passes no gradient on: with ReLU that is about half of them.
  let layers = [1, 4, 7, 10]
  let shares = layers.map { layer in
    LineChart.Series("layer \(layer)", sound.map { $0.zeroShares[layer - 1] })
  }
  let all = sound.flatMap(\.zeroShares)
  let share = all.reduce(0, +) / Double(all.count)
  report.figure("share of zero derivatives", share, within: 0.3...0.7)
  try report.picture(
    "deep-gradients.svg",
    LineChart(
      "Gradient at each layer's output", x: "layer", y: "norm", yScale: .logarithmic, norms),
    LineChart("Derivatives of ReLU that are 0", x: "step", y: "share", shares))
}

private func mean(_ steps: some Collection<DeepNetwork.Step>) -> Double {
  steps.reduce(0) { $0 + $1.loss } / Double(steps.count)
}

/// Ten hidden layers of 64 units.
private struct DeepNetwork {
  /// What is seen of a step.
  struct Step {
    let loss: Double
    let zeroShares: [Double]
    let gradientNorms: [Double]
  }

  let hidden: [Linear]
  let output = Linear(64, 10, initializer: .glorot)

  /// He's size is what keeps signals as they are through ReLU; here times a gain.
  init(gain: Double) {
    let deviation = gain * (2.0 / 64).squareRoot()
    hidden = (0..<10).map { _ in Linear(64, 64, initializer: .normal(deviation: deviation)) }
  }

  @discardableResult
  func train(
    on samples: Dataset, steps: Int, clipping: GradientClipping? = nil
  ) throws -> [Step] {
    let network = Sequential(hidden + [output])
    let step = try compile { [hidden, output] g in
      let images = g.input("images", [64, 64])
      let labels = g.input("labels", [64], .int32)
      var value = images
      var outputs: [Value] = []
      for layer in hidden {
        value = layer(value).relu()
        outputs.append(value)
      }
      let loss = softmaxCrossEntropy(output(value), labels: labels)
      let norms = g.gradient(of: loss, withRespectTo: outputs).map { $0.norm() }
      // The sign of an output of ReLU is its derivative: 0 or 1.
      let shares = outputs.map { 1 - $0.sign().mean() }
      g.minimize(
        loss, over: network.parameters, with: SGD(learningRate: 0.02), clipping: clipping)
      return [loss] + shares + norms
    }
    let session = try step.session(network.initialize(seed: 1))
    var seen: [Step] = []
    for epoch in 1... {
      for batch in try samples.batches(of: 64, seed: 1, epoch: epoch) {
        try session.run(batch.images, batch.labels)
        let numbers = try session.results.map { try $0.item() }
        seen.append(
          Step(
            loss: numbers[0], zeroShares: Array(numbers[1...10]),
            gradientNorms: Array(numbers[11...20])))
        if seen.count == steps { return seen }
      }
    }
    return seen
  }
}
