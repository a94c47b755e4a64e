import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Losses and their gradients against PyTorch, extreme logits included, and against central differences.
@Suite struct LossTests {
  private struct Content: Decodable {
    let loss: Double
    let gradient: [Double]
  }

  private static let extreme: [Double] = [0.5, -1, 2, 1e4, -1e4, 0, -3, 0.25, 0, -700, 800, 800]
  private static let soft: [Double] = [0.2, 0.3, 0.5, 0, 1, 0, 1, 0, 0, 0.25, 0.25, 0.5]
  private static let target: [Double] = [1, 0, 0.3, 0, 1, 1, 0, 1, 0.5, 1, 0, 1]
  private static let prediction: [Double] = [0.5, -1, 2, 3, -0.25, 0, 1, 1.5, -2, 0, 4, 0.125]
  private static let weights = [1, 2.5, 0.5]

  /// By name, the numbers that a loss is of and the loss, given these, labels and a target.
  private static let losses:
    [String: (of: [Double], target: [Double], loss: @Sendable (Value, Value, Value) -> Value)] = [
      "squared": (prediction, target, { x, _, t in meanSquaredError(x, t) }),
      "absolute": (prediction, target, { x, _, t in absoluteError(x, t, reduction: .sum) }),
      "huber": (prediction, target, { x, _, t in huberLoss(x, t, delta: 0.75) }),
      "multi-class hinge": (prediction, target, { x, y, _ in multiClassHingeLoss(x, labels: y) }),
      "binary": (extreme, target, { x, _, t in binaryCrossEntropy(x, targets: t) }),
      "binary weighted": (
        extreme, target, { x, _, t in binaryCrossEntropy(x, targets: t, positiveWeight: 3) }
      ),
      "labels": (extreme, soft, { x, y, _ in softmaxCrossEntropy(x, labels: y) }),
      "labels sum": (
        extreme, soft, { x, y, _ in softmaxCrossEntropy(x, labels: y, reduction: .sum) }
      ),
      "labels smoothed": (
        extreme, soft, { x, y, _ in softmaxCrossEntropy(x, labels: y, smoothing: 0.1) }
      ),
      "labels weighted": (
        extreme, soft, { x, y, _ in softmaxCrossEntropy(x, labels: y, classWeights: weights) }
      ),
      "labels both": (
        extreme, soft,
        { x, y, _ in softmaxCrossEntropy(x, labels: y, classWeights: weights, smoothing: 0.1) }
      ),
      "soft": (extreme, soft, { x, _, t in softmaxCrossEntropy(x, targets: t) }),
      "soft both": (
        extreme, soft,
        { x, _, t in softmaxCrossEntropy(x, targets: t, classWeights: weights, smoothing: 0.1) }
      ),
      "kl": (extreme, soft, { x, _, t in klDivergence(x.logSoftmax(), targets: t) }),
    ]

  @Test(arguments: losses.keys.sorted(), [DType.float32, .float64])
  func againstPyTorch(name: String, dtype: DType) throws {
    let expected = try Goldens.read("losses.json", as: [String: Content].self)
    #expect(Set(expected.keys) == Set(Self.losses.keys))
    let golden = try #require(expected[name])
    let entry = try #require(Self.losses[name])
    let inputs = [
      try Tensor(numbers: entry.of, shape: [4, 3], dtype),
      try Tensor([2, 1, 0, 2] as [Int32]),
      try Tensor(numbers: entry.target, shape: [4, 3], dtype),
    ]
    let found = try numbers(inputs) { graph, inputs in
      let loss = entry.loss(inputs[0], inputs[1], inputs[2])
      return [loss] + graph.gradient(of: loss, withRespectTo: [inputs[0]])
    }
    let tolerance = dtype == .float32 ? 1e-6 : 1e-14
    try compare(found[0], [golden.loss], tolerance, "\(name), \(dtype)")
    try compare(found[1], golden.gradient, tolerance, "gradient of \(name), \(dtype)")
  }

  /// The gradients of orders one and two by differences, of losses that are smooth around the inputs.
  @Test func differences() throws {
    let (x, t) = (TestInput.uniform([4, 3]), TestInput.uniform([4, 3], 0.05...0.3))
    let labels = TestInput.fixed([2, 1, 0, 2], [4], .int32)
    func check(
      _ name: String, _ inputs: [TestInput], _ build: ([Value]) -> Value,
      oracle: ([[Double]]) -> [Double]
    ) throws {
      try checkOperation(
        name, inputs: inputs, tolerance: Tolerance(float32: 2e-5, float64: 1e-13), build: build,
        oracle: oracle)
    }
    /// Rows of log-softmax, by definition.
    func logSoftmax(_ x: [Double]) -> [Double] {
      rows(x, 3).flatMap { (row: [Double]) -> [Double] in
        let sum: Double = row.map { exp($0) }.reduce(0, +)
        return row.map { $0 - log(sum) }
      }
    }
    try check("squaredError", [x, t]) {
      squaredError($0[0], $0[1], factor: 0.5)
    } oracle: {
      let differences = zip($0[0], $0[1]).map { $0 - $1 }
      return [dot(differences, differences) / 2]
    }
    try check("binaryCrossEntropy", [x, t]) {
      binaryCrossEntropy($0[0], targets: $0[1], positiveWeight: 2, reduction: .none)
    } oracle: {
      zip($0[0], $0[1]).map { (x: Double, t: Double) -> Double in
        let p = logistic(x)
        return -2 * t * log(p) - (1 - t) * log(1 - p)
      }
    }
    try check("softmaxCrossEntropy of labels", [x, labels]) {
      softmaxCrossEntropy(
        $0[0], labels: $0[1], classWeights: Self.weights, smoothing: 0.2, reduction: .none)
    } oracle: {
      zip(rows(logSoftmax($0[0]), 3), $0[1]).map { (row: [Double], label: Double) -> Double in
        let all: [Double] = zip(row, Self.weights).map { $0 * $1 }
        let sum: Double = all.reduce(0, +)
        return -0.8 * all[Int(label)] - 0.2 / 3 * sum
      }
    }
    try check("softmaxCrossEntropy of targets", [x, t]) {
      softmaxCrossEntropy($0[0], targets: $0[1], smoothing: 0.2, reduction: .none)
    } oracle: {
      zip(rows(logSoftmax($0[0]), 3), rows($0[1], 3)).map {
        (row: [Double], target: [Double]) -> Double in
        let smoothed: [Double] = target.map { 0.8 * $0 + 0.2 / 3 }
        return -dot(row, smoothed)
      }
    }
    try check("klDivergence", [x, t]) {
      klDivergence($0[0].logSoftmax(), targets: $0[1], reduction: .sum)
    } oracle: {
      let terms = zip(logSoftmax($0[0]), $0[1]).map { (q: Double, t: Double) in t * (log(t) - q) }
      return [terms.reduce(0, +)]
    }
  }

  /// Losses with kinks, at numbers that are not on one.
  @Test func kinks() throws {
    let scores = TestInput.distinct([4, 3], step: 0.3)
    let signs = TestInput.fixed([1, -1, 1, 1, -1, -1, 1, -1, 1, 1, 1, -1], [4, 3], .float64)
    let labels = TestInput.fixed([2, 1, 0, 2], [4], .int64)
    try checkOperation(
      "hingeLoss", inputs: [scores, signs], dtypes: [.float64],
      tolerance: Tolerance(float32: 0, float64: 1e-14)
    ) {
      hingeLoss($0[0], signs: $0[1], margin: 0.5, reduction: .none)
    } oracle: {
      zip($0[0], $0[1]).map { max(0, 0.5 - $1 * $0) }
    }
    try checkOperation(
      "multiClassHingeLoss", inputs: [scores, labels],
      tolerance: Tolerance(float32: 2e-6, float64: 1e-14)
    ) {
      multiClassHingeLoss($0[0], labels: $0[1], margin: 0.77, reduction: .none)
    } oracle: {
      zip(rows($0[0], 3), $0[1]).map { (row: [Double], label: Double) -> Double in
        var sum = 0.0
        for (index, score) in row.enumerated() where index != Int(label) {
          sum += max(0, 0.77 - row[Int(label)] + score)
        }
        return sum
      }
    }
    try checkOperation(
      "huberLoss", inputs: [scores], tolerance: Tolerance(float32: 2e-6, float64: 1e-14)
    ) {
      huberLoss($0[0], $0[0].like(0), delta: 0.7, reduction: .none)
    } oracle: {
      $0[0].map { abs($0) <= 0.7 ? $0 * $0 / 2 : 0.7 * (abs($0) - 0.35) }
    }
  }

  /// The forms in which lectures write the squared error, of two samples with three outputs.
  @Test func factors() throws {
    let session = try compile { g in
      let (y, t) = (g.input("y", [2, 3], .float64), g.input("t", [2, 3], .float64))
      return [
        squaredError(y, t), squaredError(y, t, factor: 0.5),
        squaredError(y, t, factor: 0.5, reduction: .mean), meanSquaredError(y, t),
        squaredError(y, t, reduction: .none).sum(axes: [1]),
      ]
    }.session()
    _ = try session.run(
      float64([1, 2, 3, 4, 5, 6], [2, 3]), float64([0, 2, 1, 4, 2, 5], [2, 3]))
    #expect(try (0..<4).map { try session.result($0).item() } == [15, 7.5, 1.25, 2.5])
    #expect(try session.result(4).doubles == [5, 10])
  }

  /// One-hot targets are labels.
  @Test func oneHot() throws {
    let x = try float64(Self.extreme, [4, 3])
    let found = try numbers([x, Tensor([2, 1, 0, 2] as [Int32])]) { _, inputs in
      [
        softmaxCrossEntropy(inputs[0], labels: inputs[1], smoothing: 0.1),
        softmaxCrossEntropy(inputs[0], targets: inputs[1].oneHot(3, .float64), smoothing: 0.1),
      ]
    }
    try compare(found[0], found[1], 1e-15, "one-hot")
  }

  @Test func labelsOutOfRange() throws {
    let session = try compile { g in
      softmaxCrossEntropy(
        g.input("x", [2, 3]), labels: g.input("y", [2], .int32), classWeights: Self.weights,
        smoothing: 0.1)
    }.session()
    let text = try message { try session.run(Tensor(zeros: [2, 3]), Tensor([0, 3] as [Int32])) }
    #expect(text.contains("element 1 of the indices is 3, but must be in 0 ..< 3"), "\(text)")
  }

  @Test func mistakes() throws {
    let cases: [(@Sendable (Value, Value) -> Value, String)] = [
      (
        { x, _ in meanSquaredError(x, x.builder.fill(0, [2, 2, 3])) },
        "float32[2, 3] and the target"
      ),
      ({ x, y in absoluteError(x, y) }, "the target int32[2]"),
      ({ x, _ in huberLoss(x, x, delta: 0) }, "delta must be positive and finite, but 0.0"),
      ({ x, y in multiClassHingeLoss(x, labels: x) }, "the labels float32[2, 3]; give"),
      (
        { x, y in softmaxCrossEntropy(x, labels: y, classWeights: [1, 2]) },
        "class weights are [1.0, 2.0]; give one for each of the 3 classes"
      ),
      ({ x, y in softmaxCrossEntropy(x, labels: y, smoothing: 2) }, "smoothing must be in 0 ... 1"),
      ({ x, _ in softmaxCrossEntropy(x, targets: x, smoothing: .nan) }, "but nan was given"),
      ({ x, _ in klDivergence(x.sum(), targets: x.sum()) }, "float32[] has no axis of classes"),
      ({ x, _ in binaryCrossEntropy(x, targets: x, positiveWeight: -1) }, "but -1.0 was given"),
    ]
    for (loss, part) in cases {
      let text = try message {
        try compile { g in loss(g.input("x", [2, 3]), g.input("y", [2], .int32)) }
      }
      #expect(text.contains(part), "\(text)")
      #expect(text.split(separator: "\n").count == 1, "\(text)")
    }
  }
}
