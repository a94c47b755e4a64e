import Foundation
import Tidemill

/// Linear regression with weight decay, J = 1/N Σ (xᵀw + b − y)² + λ Σ w², where samples are few and noisy.
func weightDecay(_ report: Report) throws {
  let (inputs, count) = (20, 24)
  let predictor = Linear(inputs, 1, initializer: .zeros, dtype: .float64)
  let error: @Sendable (GraphBuilder) -> Value = { g in
    let x = g.input("x", [count, inputs], .float64)
    let y = g.input("y", [count], .float64)
    return meanSquaredError(predictor(x).reshaped(to: y.shape), y)
  }
  let step = try compile { g in
    let loss = error(g)
    let weight = g.read(predictor.weight)
    let decay = weight.squared().sum() * g.input("λ", [], .float64)
    let total = loss + decay
    g.minimize(total, over: predictor.parameters, with: SGD(learningRate: 0.05, momentum: 0.9))
    let gradients = g.gradient(
      of: total, withRespectTo: predictor.parameters.map { g.read($0) })
    return [loss, weight.norm(), g.globalNorm(of: gradients)]
  }
  let evaluate = try compile(error)

  let train = try samples(count, inputs: inputs, seed: 1)
  let test = try samples(2000, inputs: inputs, seed: 2)
  let strengths = (-12...6).map { pow(10, Double($0) / 4) }
  var (trainErrors, testErrors, norms, steepest) = ([Double](), [Double](), [Double](), 0.0)
  for strength in strengths {
    let store = try predictor.initialize(seed: 1)
    let session = try step.session(store)
    // A strong decay makes the valley steep; the rate above is for all of these strengths.
    for _ in 0..<3000 { try session.run(train.x, train.y, strength) }
    trainErrors.append(try session.result(0).item())
    norms.append(try session.result(1).item())
    steepest = max(steepest, try session.result(2).item())
    testErrors.append(try evaluate.session(store).run(test.x, test.y).item())
  }
  report.figure("largest norm of a gradient at the end", steepest, atMost: 1e-6)
  let isShrinking = zip(norms, norms.dropFirst()).allSatisfy { $0 > $1 }
  report.figure("each larger λ has smaller weights (1: yes)", isShrinking ? 1 : 0, atLeast: 1)
  let best = testErrors.indices.min { testErrors[$0] < testErrors[$1] } ?? 0
  report.figure("test error with the least decay", testErrors[0], atLeast: 2 * testErrors[best])
  report.figure("test error with the best decay", testErrors[best], atMost: 8.5)
  report.figure("the best λ", strengths[best], within: 0.1...3)

  func series(_ name: String, _ numbers: [Double]) -> LineChart.Series {
    .init(name, points: zip(strengths, numbers).map { (x: $0, y: $1) })
  }
  try report.picture(
    "weight-decay.svg",
    LineChart(
      "Squared error", x: "λ", y: "mean squared error", xScale: .logarithmic,
      [series("training", trainErrors), series("test", testErrors)]),
    LineChart("Weights", x: "λ", y: "norm of w", xScale: .logarithmic, [series("‖w‖", norms)]))
}

/// The first five of the inputs count, each by 1; the noise has a deviation of 2.
private func samples(_ count: Int, inputs: Int, seed: UInt64) throws -> (x: Tensor, y: Tensor) {
  func normal(_ shape: Shape, deviation: Double, seed: UInt64) throws -> Tensor {
    try Initializer.normal(deviation: deviation)
      .tensor(TensorType(shape, .float64), fanIn: 1, fanOut: 1, seed: seed)
  }
  let x = try normal([count, inputs], deviation: 1, seed: seed)
  let noise = try normal([count], deviation: 2, seed: seed + 100).doubles
  let numbers = x.doubles
  let y = noise.enumerated().map { row, noise in
    noise + numbers[row * inputs..<row * inputs + 5].reduce(0, +)
  }
  return (x, try Tensor(y))
}
