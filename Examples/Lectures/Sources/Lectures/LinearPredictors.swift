import Foundation
import Tidemill

/// Is it a 3 or an 8? A weight for each pixel and a bias, trained with three losses.
func linearPredictors(_ report: Report) throws {
  let digits = try Digits.load()
  let train = try threesAndEights(digits.train)
  let test = try threesAndEights(digits.test)

  /// A loss of scores and signs: −1 for a 3, 1 for an 8.
  typealias Loss = @Sendable (_ scores: Value, _ signs: Value) -> Value
  let losses: [(name: String, rate: Double, loss: Loss)] = [
    ("squared loss", 0.02, { meanSquaredError($0, $1) }),
    ("hinge loss", 0.1, { hingeLoss($0, signs: $1) }),
    // Logistic regression: ŷ = σ(xᵀw + b), with the cross entropy of ŷ.
    ("logistic loss", 0.5, { binaryCrossEntropy($0, targets: ($1 + 1) / 2) }),
  ]
  var curves: [LineChart.Series] = []
  var features: [Double] = []
  for (name, rate, loss) in losses {
    let predictor = Linear(64, 1, initializer: .zeros)
    let step = try compile { g in
      let images = g.input("images", [16, 64])
      let signs = g.input("signs", [16])
      let value = loss(predictor(images, .training).reshaped(to: signs.shape), signs)
      g.minimize(value, over: predictor.parameters, with: SGD(learningRate: rate))
      return value
    }
    let store = try predictor.initialize(seed: 1)
    let session = try step.session(store)
    var means: [Double] = []
    for epoch in 1...40 {
      var sum = 0.0
      for batch in try train.batches(of: 16, seed: 1, epoch: epoch) {
        sum += try session.run(batch.images, signs(batch.labels)).item() * Double(batch.count)
      }
      means.append(sum / Double(train.count))
    }
    curves.append(.init(name, means))

    let scores = try compile { g in predictor(g.input("images", [1, 64])) }.session(store)
      .run(test.images).doubles
    let right = zip(scores, try signs(test.labels).doubles).filter { $0 * $1 > 0 }
    report.figure(
      "\(name): share of test digits that are right", Double(right.count) / Double(test.count),
      atLeast: 0.95)
    features += try store.tensor(named: "weight").doubles
  }

  // Each predictor's weights as an image. They lie one after the other; the picture has a column for each.
  let columns = (0..<64).flatMap { pixel in (0..<3).map { Float(features[$0 * 64 + pixel]) } }
  try FeaturePicture(
    weights: Tensor(columns, shape: [64, 3]), imageHeight: 8, imageWidth: 8, magnification: 12
  )
  .write(to: report.path("linear-predictors.png"))
  let margins = (-40...60).map { Double($0) / 20 }
  func over(_ name: String, _ loss: (Double) -> Double) -> LineChart.Series {
    .init(name, points: margins.map { ($0, loss($0)) })
  }
  try report.picture(
    "linear-predictors.svg",
    LineChart(
      "What a loss makes of a score", x: "margin: score · sign", y: "loss",
      [
        over("squared") { (1 - $0) * (1 - $0) }, over("hinge") { max(0, 1 - $0) },
        over("logistic") { log1p(exp(-$0)) },
      ]),
    LineChart("Training", x: "epoch", y: "mean loss", yScale: .logarithmic, curves))
}

/// Those samples alone.
private func threesAndEights(_ samples: Dataset) throws -> Dataset {
  try samples.selecting(
    (0..<samples.count).filter { [3, 8].contains(try samples.label($0)) })
}

/// −1 for a 3, 1 for an 8.
private func signs(_ labels: Tensor) throws -> Tensor {
  let classes: [Int32] = try labels.scalars()
  return try Tensor(classes.map { $0 == 3 ? -1 : 1 as Float })
}
