import Foundation
import Tidemill

/// A curve through noisy points: a linear predictor of functions of x, by gradient descent.
func basisFunctions(_ report: Report) throws {
  func truth(_ x: Double) -> Double { sin(2 * .pi * x) }
  let count = 40
  let noise = try Initializer.normal(deviation: 0.1)
    .tensor(TensorType([count], .float64), fanIn: 1, fanOut: 1, seed: 4).doubles
  let xs = (0..<count).map { Double($0) / Double(count - 1) }
  let ys = zip(xs, noise).map { truth($0) + $1 }

  /// What a number becomes before it is multiplied by weights.
  typealias Basis = @Sendable (Double) -> [Double]
  func powers(_ degree: Int) -> Basis {
    { x in (0...degree).map { pow(2 * x - 1, Double($0)) } }
  }
  let bumps: Basis = { x in
    let centers = (0...8).map { Double($0) / 8 }
    return [1] + centers.map { exp(-pow((x - $0) / 0.1, 2) / 2) }
  }
  let models: [(name: String, basis: Basis, error: ClosedRange<Double>)] = [
    ("a line", powers(1), 0.4...0.6),
    ("degree 5", powers(5), 0...0.1),
    ("bumps", bumps, 0...0.1),
  ]
  let fine = (0...200).map { Double($0) / 200 }
  var series: [LineChart.Series] = [
    .init("sin 2πx", points: fine.map { ($0, truth($0)) }, mark: .dashes),
    .init("samples", points: Array(zip(xs, ys)).map { (x: $0, y: $1) }, mark: .dots),
  ]
  for (name, basis, stated) in models {
    let size = basis(0).count
    let w = Parameter("w", TensorType([size], .float64)) { _ in try Tensor(zeros: [size], .float64)
    }
    let step = try compile { g in
      let prediction = g.input("φ", [count, size], .float64).matmul(g.read(w))
      let loss = meanSquaredError(prediction, g.input("y", [count], .float64))
      g.minimize(loss, over: [w], with: SGD(learningRate: 0.1, momentum: 0.99))
      return [loss, g.gradient(of: loss, withRespectTo: [g.read(w)])[0].norm()]
    }
    let store = try ParameterStore([("w", w)], seed: 1)
    let session = try step.session(store)
    let features = try Tensor(xs.flatMap(basis), shape: [count, size])
    for _ in 0..<20_000 { try session.run(features, Tensor(ys)) }
    report.figure(
      "\(name): norm of the gradient at the end", try session.result(1).item(), atMost: 1e-6)

    let weights = try store.tensor(named: "w").doubles
    let curve = fine.map { x in zip(weights, basis(x)).reduce(0) { $0 + $1.0 * $1.1 } }
    series.append(.init(name, points: Array(zip(fine, curve)).map { (x: $0, y: $1) }))
    let squares = zip(fine, curve).reduce(0) { $0 + pow($1.1 - truth($1.0), 2) }
    let error = (squares / Double(fine.count)).squareRoot()
    report.figure("\(name): distance from the true curve", error, within: stated)
  }
  try report.picture(
    "basis-functions.svg",
    LineChart("Regression on functions of x", x: "x", y: "y", series))
}
