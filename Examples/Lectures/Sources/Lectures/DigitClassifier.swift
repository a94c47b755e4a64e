import Tidemill

/// 784 inputs, 256 hidden units, 10 classes, on Fashion-MNIST; and a picture of what the hidden units look for.
func digitClassifier(_ report: Report) throws {
  let images = try FashionMNIST.load()
  // The first weights start small, so that what is seen in the picture is learned.
  let network = Sequential {
    Linear(784, 256, initializer: .normal(deviation: 0.01))
    ReLU()
    Linear(256, 10, initializer: .glorot)
  }
  var options = TrainingOptions()
  options.epochs = 5
  options.learningRate = 0.03
  let training = try ClassifierTraining(network, features: 784, options)

  var curves = LearningCurves()
  try training.run(on: images.train) { progress in
    guard progress.isEpochEnd else { return }
    try curves.append(progress, training, heldOut: images.test)
  }
  let evaluation = try training.evaluate(on: images.test)
  report.figure("test accuracy", evaluation.accuracy, atLeast: 0.86)
  try curves.write(to: report.path("digit-classifier.svg"))

  // A tile for each of the first 49 hidden units: grey is a weight of 0, white positive, black negative.
  let weight = network.parameters[0]
  let tiles = try compile { g in g.read(weight).slice(axis: 1, 0..<49) }
    .session(training.store).run()
  try FeaturePicture(weights: tiles, imageHeight: 28, imageWidth: 28, magnification: 2)
    .write(to: report.path("digit-classifier.png"))
}
