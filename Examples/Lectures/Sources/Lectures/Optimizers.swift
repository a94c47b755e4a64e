import Tidemill

/// Plain gradient descent, momentum, AdaGrad, RMSProp and Adam: the same network, from the same weights, with the
/// samples in the same order. Which one gets to a loss first, each with the rate that suits it best?
func optimizers(_ report: Report) throws {
  let digits = try Digits.load()
  let goal = 0.02
  let rules: [(name: String, optimizer: OptimizerChoice, momentum: Double)] = [
    ("plain SGD", .sgd, 0), ("momentum 0.9", .sgd, 0.9), ("AdaGrad", .adagrad, 0),
    ("RMSProp", .rmsprop, 0), ("Adam", .adam, 0),
  ]
  var series: [LineChart.Series] = []
  var epochs: [String: Double] = [:]
  for (name, optimizer, momentum) in rules {
    var best: (rate: Double, losses: [Double], epochs: Double) = (0, [], .infinity)
    for rate in [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] {
      var options = TrainingOptions()
      options.optimizer = optimizer
      options.momentum = momentum
      options.learningRate = rate
      options.weightDecay = 0
      options.epochs = 30
      let losses = try train(options, on: digits.train)
      let reached = losses.firstIndex { $0 <= goal }.map { Double($0 + 1) } ?? .infinity
      if reached < best.epochs { best = (rate, losses, reached) }
    }
    print("\(name): loss \(goal) in epoch \(best.epochs), with the rate \(best.rate)")
    series.append(.init("\(name), η = \(best.rate)", best.losses))
    epochs[name] = best.epochs
  }
  report.figure("plain SGD: epochs", epochs["plain SGD"] ?? .nan, within: 20...30)
  report.figure("AdaGrad: epochs", epochs["AdaGrad"] ?? .nan, atMost: 22)
  report.figure("momentum: epochs", epochs["momentum 0.9"] ?? .nan, atMost: 15)
  report.figure("Adam: epochs", epochs["Adam"] ?? .nan, atMost: 15)
  try report.picture(
    "optimizers.svg",
    LineChart(
      "Optimisers, each with its best rate", x: "epoch", y: "cross entropy",
      yScale: .logarithmic, series))
}

/// Trains two hidden layers of tanh.
///
/// - Returns: The mean loss of each epoch.
private func train(_ options: TrainingOptions, on samples: Dataset) throws -> [Double] {
  let network = Sequential.classifier(
    inputs: 64, hidden: [64, 64], classes: 10, activation: .tanh)
  var losses: [Double] = []
  try ClassifierTraining(network, features: 64, options).run(on: samples) { progress in
    if progress.isEpochEnd { losses.append(progress.loss) }
  }
  return losses
}
