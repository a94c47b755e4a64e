import Tidemill

/// Two classes of points in the plane, told apart by a line: the classic rule, and a sigmoid that is trained by
/// gradient descent.
func perceptron(_ report: Report) throws {
  // Points on both sides of the line x₁ + x₂ = 0, none nearer than 0.15; a 1 beside them is the bias's input.
  let drawn = try Initializer.uniform(bound: 1)
    .tensor(TensorType([150, 2], .float64), fanIn: 2, fanOut: 1, seed: 3).doubles
  let pairs = (0..<150).map { (x: drawn[2 * $0], y: drawn[2 * $0 + 1]) }
  let points = pairs.filter { abs($0.x + $0.y) > 0.15 }
  let count = points.count
  let signs = points.map { $0.x + $0.y > 0 ? 1.0 : -1.0 }
  let inputs = try Tensor(points.flatMap { [$0.x, $0.y, 1.0] }, shape: [count, 3])

  // The classic rule: a point on the wrong side is added to the weights, with its sign. There is no gradient here.
  let w = Parameter("w", TensorType([3], .float64)) { _ in try Tensor(zeros: [3], .float64) }
  let rule = try compile { g in
    let x = g.input("x", [3], .float64)
    let y = g.input("y", [], .float64)
    let isWrong = g.read(w).matmul(x) * y .<= g.fill(0, [], .float64)
    let mistake = isWrong.cast(to: .float64)
    g.assign(w, g.read(w) + x * y * mistake)
    return mistake
  }
  let classic = try ParameterStore([("w", w)], seed: 0)
  let session = try rule.session(classic)
  var mistakes: [Double] = []
  while mistakes.last != 0 && mistakes.count < 100 {
    var count = 0.0
    for (sample, sign) in signs.enumerated() {
      count += try session.run(inputs.slice(sample..<sample + 1).reshaped(to: [3]), sign).item()
    }
    mistakes.append(count)
  }
  report.figure("classic rule: mistakes in the last pass", mistakes.last ?? .nan, atMost: 0)
  report.figure("classic rule: passes", Double(mistakes.count), atMost: 20)

  // The sigmoid: out = σ(xᵀw), E = 1/(2N) Σ (t − out)², all points in one step.
  let step = try compile { g in
    let x = g.input("x", [count, 3], .float64)
    let t = g.input("t", [count], .float64)
    let out = x.matmul(g.read(w)).sigmoid()
    let error = squaredError(out, t, factor: 0.5, reduction: .mean)
    g.minimize(error, over: [w], with: SGD(learningRate: 20))
    return error
  }
  let smooth = try ParameterStore([("w", w)], seed: 0)
  let descent = try step.session(smooth)
  let targets = try Tensor(signs.map { ($0 + 1) / 2 })
  let errors = try (0..<200).map { _ in try descent.run(inputs, targets).item() }
  let weights = try smooth.tensor(named: "w").doubles
  let right = zip(points, signs).filter { point, sign in
    (weights[0] * point.x + weights[1] * point.y + weights[2]) * sign > 0
  }
  report.figure("sigmoid: E after 200 steps", errors.last ?? .nan, atMost: 0.01)
  report.figure(
    "sigmoid: share of right points", Double(right.count) / Double(count), atLeast: 1)

  func line(_ name: String, _ w: [Double], _ mark: LineChart.Mark) -> LineChart.Series {
    let ends = [-1.0, 1].map { (x: $0, y: -(w[0] * $0 + w[2]) / w[1]) }
    return .init(name, points: ends, mark: mark)
  }
  func side(_ sign: Double) -> [(x: Double, y: Double)] {
    zip(points, signs).filter { $1 == sign }.map(\.0)
  }
  try report.picture(
    "perceptron.svg",
    LineChart(
      "Two classes, and the lines between them", x: "x₁", y: "x₂",
      [
        .init("t = 1", points: side(1), mark: .dots), .init("t = 0", points: side(-1), mark: .dots),
        line("classic rule", try classic.tensor(named: "w").doubles, .line),
        line("sigmoid", weights, .dashes),
      ]),
    LineChart(
      "Sigmoid: error by step", x: "step", y: "E", yScale: .logarithmic, [.init("E", errors)]))
}
