import Tidemill

/// tanh, sigmoid and ReLU between two layers, on five splits of the digits.
func activations(_ report: Report) throws {
  // What scikit-learn's MLPClassifier reaches: Tests/TidemillTests/Goldens/Learning/scikit_learn.py.
  let peers = [Activation.tanh: 0.9794, .sigmoid: 0.9738, .relu: 0.9822]
  var curves = LearningCurves()
  var series: [LineChart.Series] = []
  for activation in [Activation.tanh, .sigmoid, .relu] {
    var options = TrainingOptions()
    options.optimizer = .adam
    options.learningRate = 0.001
    options.epochs = 60
    options.batchSize = 32
    options.weightDecay = 0
    var sum = 0.0
    for seed in 1...5 as ClosedRange<UInt64> {
      let digits = try Digits.load(seed: seed)
      let network = Sequential.classifier(
        inputs: 64, hidden: [64], classes: 10, activation: activation)
      options.seed = seed
      let training = try ClassifierTraining(network, features: 64, options)
      curves = LearningCurves()
      try training.run(on: digits.train) { progress in
        guard progress.isEpochEnd else { return }
        try curves.append(progress, training, heldOut: digits.test)
      }
      sum += try training.evaluate(on: digits.test).accuracy / 5
    }
    report.figure(
      "\(activation): test accuracy, mean of five", sum, atLeast: (peers[activation] ?? 1) - 0.005)
    series += curves.charts[0].series.map { line in
      .init(
        "\(activation), \(line.name)", points: line.points,
        mark: line.name == "training" ? .line : .dashes)
    }
  }
  try report.picture(
    "activations.svg",
    LineChart(
      "Loss, the last of the five splits", x: "epoch", y: "cross entropy", yScale: .logarithmic,
      series))
}
