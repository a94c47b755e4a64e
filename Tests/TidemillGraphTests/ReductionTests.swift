import Testing
import TidemillGraph
import TidemillTestSupport

/// Sums, means, maxima and minima over any axes.
@Suite struct ReductionTests {
  /// Groups elements by the axes that stay and reduces each group.
  static func reduce(
    _ x: [Double], _ shape: [Int], _ axes: [Int], _ function: ([Double]) -> Double
  ) -> [Double] {
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    var groups = [[Double]](repeating: [], count: kept.reduce(1, *))
    forEachIndex(shape) { index, element in
      groups[position(of: index, in: kept)].append(x[element])
    }
    return groups.map(function)
  }

  static let subsets: [[Int]] = (0..<16).map { bits in (0..<4).filter { bits >> $0 & 1 == 1 } }

  @Test(arguments: subsets) func sumAndMean(axes: [Int]) throws {
    let shape = [3, 4, 2, 5]
    for keeps in [false, true] {
      try checkOperation("sum and mean \(axes)", inputs: [.uniform(Shape(shape))]) {
        $0[0].sum(axes: axes, keepingAxes: keeps)
          + $0[0].squared().mean(axes: axes, keepingAxes: keeps)
      } oracle: {
        Self.reduce($0[0], shape, axes) { group in
          group.reduce(0, +) + group.reduce(0) { $0 + $1 * $1 } / Double(group.count)
        }
      }
    }
  }

  @Test(arguments: subsets) func maxAndMin(axes: [Int]) throws {
    let shape = [3, 4, 2, 5]
    for keeps in [false, true] {
      try checkOperation("max and min \(axes)", inputs: [.distinct(Shape(shape))]) {
        $0[0].max(axes: axes, keepingAxes: keeps) * 2 + $0[0].min(axes: axes, keepingAxes: keeps)
      } oracle: {
        Self.reduce($0[0], shape, axes) { ($0.max() ?? 0) * 2 + ($0.min() ?? 0) }
      }
    }
  }

  @Test(arguments: [DType.int32, .int64]) func integers(dtype: DType) throws {
    try checkOperation("integers", inputs: [.integers([5, 7], -9..<10, dtype)]) {
      $0[0].sum(axes: [-1]) * 100 + $0[0].max(axes: [1]) * 10 + $0[0].min(axes: [1])
    } oracle: {
      Self.reduce($0[0], [5, 7], [1]) { row in
        row.reduce(0, +) * 100 + (row.max() ?? 0) * 10 + (row.min() ?? 0)
      }
    }
  }

  /// Long axes are summed in parts; rows around the size of vectors and blocks.
  @Test(arguments: [[3, 40_000], [1, 65_536], [40_000, 3], [257, 129], [1, 33], [33, 1]])
  func longAxes(shape: [Int]) throws {
    for axis in 0...1 {
      try checkOperation(
        "sum \(axis)", inputs: [.uniform(Shape(shape))],
        tolerance: Tolerance(float32: 2e-5, float64: 1e-13), gradient: false
      ) {
        $0[0].sum(axes: [axis])
      } oracle: {
        Self.reduce($0[0], shape, [axis]) { $0.reduce(0, +) }
      }
    }
  }

  /// Of a transposed, sliced, broadcast operand, which is not contiguous.
  @Test func ofViews() throws {
    try checkOperation("views", inputs: [.uniform([4, 6, 3])]) {
      $0[0].transposed([2, 0, 1]).slice([0..<3, 1..<4, 0..<6], steps: [1, 1, 2])
        .reshaped(to: [3, 3, 1, 3]).broadcast(to: [3, 3, 2, 3]).sum(axes: [1, 2])
    } oracle: { x in
      var result: [Double] = []
      forEachIndex([3, 3]) { index, _ in
        let picked: [Double] = (1..<4).map { x[0][($0 * 6 + index[1] * 2) * 3 + index[0]] }
        result.append(2 * picked.reduce(0, +))
      }
      return result
    }
  }

  /// Nothing sums to 0; the gradient of nothing is nothing.
  @Test func emptyAxes() throws {
    try checkOperation("empty sum", inputs: [.uniform([2, 0, 3])]) {
      $0[0].sum(axes: [1]) + $0[0].mean(axes: [1])
    } oracle: { _ in
      [0, 0, 0, 0, 0, 0]
    }
    try checkOperation("sum of empty rows", inputs: [.uniform([0, 4])]) {
      $0[0].max(axes: [1]) + $0[0].sum(axes: [1])
    } oracle: { _ in
      []
    }
  }

  /// Several largest elements share the gradient in equal parts.
  @Test func tiesShare() throws {
    let found = try numbers([float64([1, 3, 3, 3, 0, 0], [2, 3])]) { graph, v in
      graph.gradient(of: v[0].max(axes: [1]).sum(), withRespectTo: v)
        + graph.gradient(of: v[0].min(axes: [1]).sum(), withRespectTo: v)
    }
    #expect(found == [[0, 0.5, 0.5, 1, 0, 0], [1, 0, 0, 0, 0.5, 0.5]])
  }

  @Test func notANumber() throws {
    let found = try numbers([float64([1, .nan, 2])]) { _, v in
      [v[0].max(), v[0].min(), v[0].sum()]
    }
    #expect(found.allSatisfy { $0[0].isNaN })
  }
}
