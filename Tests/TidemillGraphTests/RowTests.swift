import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// Softmax and its relatives.
@Suite struct RowTests {
  private static func logSumExp(_ row: [Double]) -> Double {
    let most = row.max() ?? 0
    return most + log(row.reduce(0) { $0 + exp($1 - most) })
  }

  @Test(arguments: [1, 2, 7, 8, 17, 33]) func softmaxAndItsLogarithm(columns: Int) throws {
    try checkOperation("softmax", inputs: [.uniform([3, columns], -4...4)]) {
      $0[0].softmax()
    } oracle: {
      rows($0[0], columns).flatMap { row in row.map { exp($0 - Self.logSumExp(row)) } }
    }
    try checkOperation("logSoftmax", inputs: [.uniform([3, columns], -4...4)]) {
      $0[0].logSoftmax()
    } oracle: {
      rows($0[0], columns).flatMap { row in row.map { $0 - Self.logSumExp(row) } }
    }
    try checkOperation("logSumExp", inputs: [.uniform([5, 3, columns], -4...4)]) {
      $0[0].logSumExp()
    } oracle: {
      rows($0[0], columns).map(Self.logSumExp)
    }
  }

  @Test(arguments: [0, 1, -1, -3]) func softmaxAlongAxis(axis: Int) throws {
    let shape = [2, 3, 4]
    let axis = axis < 0 ? axis + 3 : axis
    try checkOperation("softmax along \(axis)", inputs: [.uniform([2, 3, 4])]) {
      $0[0].softmax(axis: axis) + $0[0].logSoftmax(axis: axis)
    } oracle: { x in
      let sums = ReductionTests.reduce(x[0], shape, [axis], Self.logSumExp)
      let kept = (0..<3).map { $0 == axis ? 1 : shape[$0] }
      var result: [Double] = []
      forEachIndex(shape) { index, element in
        let logarithm = x[0][element] - sums[position(of: index, in: kept)]
        result.append(exp(logarithm) + logarithm)
      }
      return result
    }
  }

  /// Logits of any size: nothing overflows.
  @Test func largeLogits() throws {
    let logits: [Double] = [1000, 999, -1000, 0, 1e30, -1e30]
    try checkOperation("large", inputs: [.numbers(logits, [2, 3])], gradient: false) {
      $0[0].softmax()
    } oracle: { x in
      rows(x[0], 3).flatMap { row in
        let powers = row.map { exp($0 - (row.max() ?? 0)) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
    }
  }

  @Test func argmaxTakesTheFirst() throws {
    for dtype in [DType.float32, .float64, .int32, .int64] {
      try checkOperation(
        "argmax", inputs: [.integers([2, 9, 21], -3..<4, dtype)], gradient: false
      ) {
        $0[0].argmax()
      } oracle: {
        rows($0[0], 21).map { row in Double(row.firstIndex(of: row.max() ?? 0) ?? 0) }
      }
    }
  }

  @Test(arguments: [0, 1, 2, -1, -2, -3]) func alongAnyAxis(axis: Int) throws {
    let shape = [4, 2, 5]
    let counted = axis < 0 ? axis + 3 : axis
    try checkOperation("logSumExp \(axis)", inputs: [.uniform(Shape(shape), -4...4)]) {
      $0[0].logSumExp(axis: axis)
    } oracle: {
      ReductionTests.reduce($0[0], shape, [counted], Self.logSumExp)
    }
    for dtype in [DType.float32, .float64, .int32, .int64] {
      try checkOperation(
        "argmax and argmin \(axis)", inputs: [.integers(Shape(shape), -3..<4, dtype)],
        gradient: false
      ) {
        $0[0].argmax(axis: axis) * 100 + $0[0].argmin(axis: axis)
      } oracle: {
        ReductionTests.reduce($0[0], shape, [counted]) { row in
          Double(row.firstIndex(of: row.max() ?? 0) ?? 0) * 100
            + Double(row.firstIndex(of: row.min() ?? 0) ?? 0)
        }
      }
    }
  }

  /// The least integer, which has no negative; NaN and infinities; rows of nothing but −∞.
  @Test func extremes() throws {
    let integers = try Tensor([3, Int32.min, Int32.max, Int32.min])
    let floats = try float64([1, -.infinity, .nan, .infinity, .nan])
    let nothing = try float64([-.infinity, -.infinity, 0, -.infinity], [2, 2])
    let found = try numbers([integers, floats, nothing]) { _, v in
      [
        v[0].argmin(), v[0].argmax(), v[1].argmin(), v[1].slice([0..<2]).argmin(),
        v[2].logSumExp(), v[1].slice([3..<4]).logSumExp(), v[1].slice([2..<4]).logSumExp(),
      ]
    }
    #expect(found[0...4] == [[1], [2], [2], [1], [-.infinity, 0]])
    #expect(found[5] == [.infinity])
    #expect(found[6][0].isNaN)
  }

  @Test(arguments: [DType.int32, .int64]) func crossEntropy(labels dtype: DType) throws {
    let labels: [Double] = [2, 0, 6, 3, 2]
    try checkOperation(
      "softmaxCrossEntropy", inputs: [.uniform([5, 7], -4...4), .fixed(labels, [5], dtype)]
    ) {
      softmaxCrossEntropyPerRow($0[0], labels: $0[1])
    } oracle: { x in
      zip(rows(x[0], 7), labels).map { Self.logSumExp($0) - $0[Int($1)] }
    }
  }

  /// The fused operation, its gradient and its second gradient against the sum of simple operations.
  @Test func crossEntropyAgainstItsDecomposition() throws {
    var generator = 0.3
    let logits = (0..<12).map { _ in
      generator = 3.9 * generator * (1 - generator); return 6 * generator - 3
    }
    let found = try numbers([float64(logits, [3, 4]), Tensor([1, 3, 0] as [Int32])]) { graph, v in
      let weights = try graph.constant([1, -2, 0.5], [3])
      let fused = softmaxCrossEntropyPerRow(v[0], labels: v[1])
      let simple = -(v[0].logSoftmax() * v[1].oneHot(4, .float64)).sum(axes: [1])
      return [fused, simple].flatMap { loss in
        let first = graph.gradient(of: (loss * weights).sum(), withRespectTo: [v[0]])[0]
        let second = graph.gradient(of: first.squared().sum(), withRespectTo: [v[0]])[0]
        return [loss, first, second]
      }
    }
    for order in 0..<3 { try compare(found[order], found[order + 3], 1e-14, "order \(order)") }
  }

  @Test(arguments: [4, -1]) func labelOutside(label: Int32) throws {
    let labels = try Tensor([0, label])
    let text = try message {
      try numbers([float64(Array(repeating: 0, count: 8), [2, 4]), labels]) { _, v in
        [softmaxCrossEntropyPerRow(v[0], labels: v[1])]
      }
    }
    #expect(text.contains("softmaxCrossEntropy"))
    #expect(text.contains("element 1 of the indices is \(label), but must be in 0 ..< 4"))
  }

  /// No rows are no work.
  @Test func noRows() throws {
    try checkOperation("no rows", inputs: [.uniform([0, 4]), .integers([0], 0..<4)]) {
      $0[0].softmax().sum(axes: [1]) + $0[0].logSumExp()
        + softmaxCrossEntropyPerRow($0[0], labels: $0[1])
    } oracle: { _ in
      []
    }
  }
}
