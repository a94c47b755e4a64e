import Tidemill

/// Where weights start, and how many there are.
func initialization(_ report: Report) throws {
  let digits = try Digits.load()
  // The same loss for all ten classes is log 10 = 2.303: nothing is learned.
  let starts: [(name: String, initializer: Initializer, stated: ClosedRange<Double>)] = [
    ("zeros", .zeros, 2.29...2.31),
    ("normal, 0.01", .normal(deviation: 0.01), 2...2.31),
    ("He", .he, 0...0.1),
    ("orthogonal", .orthogonal(gain: 2.0.squareRoot()), 0...0.1),
  ]
  var series: [LineChart.Series] = []
  for (name, initializer, stated) in starts {
    // Five hidden layers: what a start does to the size of signals, each of them does again.
    let network = Sequential {
      for inputs in [64, 48, 48, 48, 48] {
        Linear(inputs, 48, initializer: initializer)
        ReLU()
      }
      Linear(48, 10, initializer: initializer)
    }
    let losses = try train(network, on: digits.train, epochs: 20)
    series.append(.init(name, losses))
    report.figure("\(name): loss at the end", losses.last ?? .nan, within: stated)
  }

  // Over-parameterisation: more weights than samples have labels make training easy, and cost no accuracy.
  let widths = [2, 4, 8, 16, 32, 64, 128, 256, 512]
  var (losses, accuracies) = ([(x: Double, y: Double)](), [(x: Double, y: Double)]())
  for width in widths {
    var options = TrainingOptions()
    options.epochs = 40
    options.weightDecay = 0
    let network = Sequential.classifier(
      inputs: 64, hidden: [width], classes: 10, activation: .relu)
    let training = try ClassifierTraining(network, features: 64, options)
    let last = try training.run(on: digits.train)
    losses.append((Double(width), last?.loss ?? .nan))
    accuracies.append((Double(width), 1 - (try training.evaluate(on: digits.test).accuracy)))
  }
  report.figure("2 hidden units: training loss", losses[0].y, atLeast: 0.5)
  report.figure("512 hidden units: training loss", losses[8].y, atMost: 0.02)
  report.figure(
    "512 hidden units: share of test digits that are wrong", accuracies[8].y, atMost: 0.03)
  try report.picture(
    "initialization.svg",
    LineChart(
      "Five hidden layers, by their start", x: "epoch", y: "cross entropy", yScale: .logarithmic,
      series),
    LineChart(
      "One hidden layer, by its width", x: "hidden units", y: "", xScale: .logarithmic,
      yScale: .logarithmic,
      [
        .init("training loss", points: losses),
        .init("share of wrong test digits", points: accuracies),
      ]))
}

/// Trains with momentum.
///
/// - Returns: The mean loss of each epoch.
private func train(_ network: Sequential, on samples: Dataset, epochs: Int) throws -> [Double] {
  var options = TrainingOptions()
  options.epochs = epochs
  options.learningRate = 0.02
  options.weightDecay = 0
  var losses: [Double] = []
  try ClassifierTraining(network, features: 64, options).run(on: samples) { progress in
    if progress.isEpochEnd { losses.append(progress.loss) }
  }
  return losses
}
