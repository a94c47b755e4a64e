import Tidemill

/// A network with cross entropy and weight decay, J = L + λ Σ W²: two paths lead back from J to each weight, and the
/// one through the decay gives 2λW.
func decayPath(_ report: Report) throws {
  let strength = 0.003
  let digits = try Digits.load()
  // So few samples that the network can learn them by heart.
  let few = try digits.train.selecting(0..<100)
  let layers = [
    Linear(64, 32, initializer: .glorot), Linear(32, 10, initializer: .glorot),
  ]
  let weights = layers.map(\.weight)

  // The gradients of J, of L and of the decay, at the first weights.
  let paths = try compile { g in
    let (loss, decay) = parts(layers, g)
    let values = weights.map { g.read($0) }
    let ofBoth = g.gradient(of: loss + decay * strength, withRespectTo: values)
    let ofLoss = g.gradient(of: loss, withRespectTo: values)
    let ofDecay = g.gradient(of: decay * strength, withRespectTo: values)
    let differences = values.indices.flatMap { layer in
      [
        ofBoth[layer] - (ofLoss[layer] + ofDecay[layer]),
        ofDecay[layer] - values[layer] * (2 * strength),
      ]
    }
    return differences.map { $0.abs().max() }
  }
  let start = try Sequential(layers).initialize(seed: 1)
  let session = try paths.session(start)
  try session.run(few.images, few.labels)
  let differences = try session.results.map { try $0.item() }
  report.figure("both paths add up to the gradient, to", differences.max() ?? .nan, atMost: 1e-6)

  // Training with and without it.
  var series: [LineChart.Series] = []
  var gaps: [Double] = []
  for strength in [0, strength] {
    let step = try compile { g in
      let (loss, decay) = parts(layers, g)
      g.minimize(
        loss + decay * strength, over: layers.flatMap(\.parameters),
        with: SGD(learningRate: 0.1, momentum: 0.9))
      return loss
    }
    let evaluate = try compile { g in parts(layers, g).loss }
    let store = try Sequential(layers).initialize(seed: 1)
    let (training, testing) = (try step.session(store), try evaluate.session(store))
    var (train, test) = ([Double](), [Double]())
    for _ in 0..<300 {
      train.append(try training.run(few.images, few.labels).item())
      test.append(try testing.run(digits.test.images, digits.test.labels).item())
    }
    series += [
      .init("λ = \(strength), training", train),
      .init("λ = \(strength), test", test, mark: .dashes),
    ]
    print("λ = \(strength): loss \(Float(train[299])) in training, \(Float(test[299])) in the test")
    gaps.append(test[299] / train[299])
  }
  report.figure("λ = 0: test loss over training loss", gaps[0], atLeast: 50)
  report.figure("λ = \(strength): test loss over training loss", gaps[1], atMost: 10)
  try report.picture(
    "decay-path.svg",
    LineChart(
      "A hundred digits, and those held out", x: "step", y: "cross entropy", yScale: .logarithmic,
      series))
}

/// The cross entropy, and Σ W² of both weights.
@Sendable
private func parts(_ layers: [Linear], _ g: GraphBuilder) -> (loss: Value, decay: Value) {
  let images = g.input("images", [100, 64])
  let labels = g.input("labels", [100], .int32)
  let logits = layers[1](layers[0](images).relu())
  let squares = layers.map { g.read($0.weight).squared().sum() }
  return (softmaxCrossEntropy(logits, labels: labels), squares[0] + squares[1])
}
