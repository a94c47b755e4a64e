import Tidemill

/// Fully connected layers with ReLU by minibatch gradient descent with momentum: v ← dW + βv, W ← W − ηv, v₀ = 0.
func momentum(_ report: Report) throws {
  let digits = try Digits.load()
  let settings: [(beta: Double, loss: Double, accuracy: Double)] = [
    (0, 1.1, 0.78), (0.9, 0.12, 0.955), (0.99, 0.02, 0.97),
  ]
  var series: [LineChart.Series] = []
  for (beta, stated, accuracy) in settings {
    let network = Sequential {
      Linear(64, 64)
      ReLU()
      Linear(64, 32)
      ReLU()
      Linear(32, 10)
    }
    let step = try compile { g in
      let images = g.input("images", [32, 64])
      let labels = g.input("labels", [32], .int32)
      let loss = softmaxCrossEntropy(network(images, .training), labels: labels)
      // With β = 0 this is plain gradient descent, and no velocity is kept.
      g.minimize(
        loss, over: network.parameters, with: SGD(learningRate: 0.005, momentum: beta))
      return loss
    }
    let weights = try network.initialize(seed: 1)
    let session = try step.session(weights)
    var losses: [Double] = []
    for epoch in 1...20 {
      var total = 0.0
      for batch in try digits.train.batches(of: 32, seed: 1, epoch: epoch) {
        total += try session.run(batch.images, batch.labels).item() * Double(batch.count)
      }
      losses.append(total / Double(digits.train.count))
    }
    report.figure("β = \(beta): loss in the last epoch", losses.last ?? .nan, atMost: stated)
    series.append(.init("β = \(beta)", losses))

    let infer = try compile { g in network(g.input("images", [1, 64])).argmax() }
    let guesses = try infer.session(weights).run(digits.test.images).scalars(as: Int32.self)
    let labels = try digits.test.labels.scalars(as: Int32.self)
    let right = zip(guesses, labels).filter { $0 == $1 }.count
    report.figure(
      "β = \(beta): test accuracy", Double(right) / Double(labels.count), atLeast: accuracy)
  }
  try report.picture(
    "momentum.svg",
    LineChart(
      "Momentum, with the same rate", x: "epoch", y: "cross entropy", yScale: .logarithmic, series))
}
