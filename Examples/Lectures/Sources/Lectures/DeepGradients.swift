import Tidemill

/// Ten layers of ReLU: gradients that vanish or explode on their way back, clipping against it, and the derivatives
/// that ReLU makes 0.
func deepGradients(_ report: Report) throws {
  let digits = try Digits.load()

  // Before any training: the norm of the loss's gradient at the output of each layer.
  let sizes: [(name: String, gain: Double, growth: ClosedRange<Double>)] = [
    ("half of He's size", 0.5, 0...0.01), ("He's size", 1, 0.2...5),
    ("twice He's size", 2, 100...10_000),
  ]
  var atStart: [LineChart.Series] = []
  for (name, gain, stated) in sizes {
    let norms = try gradientNorms(deepNetwork(gain: gain), digits.train)
    atStart.append(.init(name, norms))
    report.figure(
      "\(name): gradient at layer 1 to layer 10", norms[0] / norms[9], within: stated)
  }

  // Weights that are too large: plain steps end where the loss is not finite, clipped ones learn.
  do {
    _ = try train(deepNetwork(gain: 2), on: digits.train, steps: 200)
    report.figure("without clipping: the loss stays finite (1: yes)", 1, atMost: 0)
  } catch let error as TidemillError where error.code == .notFinite {
    print("without clipping: \(error.message)")
  }
  let clipped = try train(
    deepNetwork(gain: 2), on: digits.train, steps: 600, clipping: .globalNorm(5))
  let sound = try train(deepNetwork(gain: 1), on: digits.train, steps: 600)
  report.figure("with clipping: loss in the last epoch", lastLoss(clipped), atMost: 0.8)
  report.figure("He's size: loss in the last epoch", lastLoss(sound), atMost: 0.1)
  func losses(_ name: String, _ steps: [Step]) -> LineChart.Series {
    .init(name, steps.map(\.loss))
  }
  try report.picture(
    "deep-gradients.svg",
    LineChart(
      "Gradient at each layer's output", x: "layer", y: "norm", yScale: .logarithmic, atStart),
    LineChart(
      "Loss", x: "step", y: "cross entropy", yScale: .logarithmic,
      [losses("twice He's size, clipped", clipped), losses("He's size", sound)]))

  // While it learns. A unit whose output is 0 passes no gradient on: with ReLU that is about half of them.
  let all = sound.flatMap { $0.figures.zeroShares.map(\.value) }
  report.figure(
    "share of zero derivatives", all.reduce(0, +) / Double(all.count), within: 0.3...0.7)
  func byLayer(_ figure: (StepFigures) -> [StepFigures.Figure]) -> [LineChart.Series] {
    [0, 3, 6, 9].map { layer in
      .init(
        "layer \(layer + 1)",
        points: stride(from: 0, to: sound.count, by: 10).map { step in
          (x: Double(step + 1), y: figure(sound[step].figures)[layer].value)
        })
    }
  }
  try report.picture(
    "deep-gradients-training.svg",
    LineChart(
      "Gradient of each layer's weights", x: "step", y: "norm", yScale: .logarithmic,
      byLayer(\.gradientNorms)),
    LineChart("Derivatives of ReLU that are 0", x: "step", y: "share", byLayer(\.zeroShares)))
}

/// What is seen of a step.
private typealias Step = (loss: Double, figures: StepFigures)

/// Over the last 23 steps, which are an epoch.
private func lastLoss(_ steps: [Step]) -> Double {
  steps.suffix(23).reduce(0) { $0 + $1.loss } / 23
}

/// Ten hidden layers of 64 units. He's size is what keeps signals as they are through ReLU; here times a gain.
private func deepNetwork(gain: Double) -> Sequential {
  let start = Initializer.normal(deviation: gain * (2.0 / 64).squareRoot())
  return Sequential {
    for _ in 1...10 {
      Linear(64, 64, initializer: start)
      ReLU()
    }
    Linear(64, 10, initializer: .glorot)
  }
}

/// Of the loss by the output of each ReLU, for the first samples and weights.
private func gradientNorms(_ network: Sequential, _ samples: Dataset) throws -> [Double] {
  let backward = try compile { g in
    var value = g.input("images", [64, 64])
    let labels = g.input("labels", [64], .int32)
    var outputs: [Value] = []
    for layer in network.layers {
      value = layer(value, .training)
      if layer is ReLU { outputs.append(value) }
    }
    let loss = softmaxCrossEntropy(value, labels: labels)
    return g.gradient(of: loss, withRespectTo: outputs).map { $0.norm() }
  }
  let session = try backward.session(network.initialize(seed: 1))
  let first = try samples.selecting(0..<64)
  try session.run(first.images, first.labels)
  return try session.results.map { try $0.item() }
}

/// Plain minibatch descent, whose steps give out their figures.
private func train(
  _ network: Sequential, on samples: Dataset, steps: Int, clipping: GradientClipping? = nil
) throws -> [Step] {
  let step = try compile { g in
    let images = g.input("images", [64, 64])
    let labels = g.input("labels", [64], .int32)
    let loss = softmaxCrossEntropy(network(images, .training), labels: labels)
    g.minimize(
      loss, over: network.trainableParameters, with: SGD(learningRate: 0.02), clipping: clipping)
    return [loss] + g.trainingFigures(of: loss, network).values
  }
  let names = try network.figureNames(input: TensorType([64, 64]))
  let session = try step.session(network.initialize(seed: 1))
  var seen: [Step] = []
  for epoch in 1... {
    for batch in try samples.batches(of: 64, seed: 1, epoch: epoch) {
      let loss = try session.run(batch.images, batch.labels).item()
      let figures = try StepFigures(
        names, gradientNorms: session.result(1), zeroShares: session.result(2))
      seen.append((loss, figures))
      if seen.count == steps { return seen }
    }
  }
  return seen
}
