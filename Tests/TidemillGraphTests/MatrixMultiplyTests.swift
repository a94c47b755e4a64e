import Testing
import TidemillGraph
import TidemillTestSupport

/// `C = A·B` in all its shapes.
@Suite struct MatrixMultiplyTests {
  static let tolerance = Tolerance(float32: 1e-5, float64: 1e-13)

  /// Leading axes broadcast; the last two are matrices.
  static func product(_ a: [Double], _ aShape: [Int], _ b: [Double], _ bShape: [Int]) -> [Double] {
    let (m, k, n) = (aShape[aShape.count - 2], aShape[aShape.count - 1], bShape[bShape.count - 1])
    let (left, right) = (Array(aShape.dropLast(2)), Array(bShape.dropLast(2)))
    let batch = Shape.broadcast(Shape(left), Shape(right))?.dimensions ?? []
    var result: [Double] = []
    forEachIndex(batch) { index, _ in
      let matrix = a[
        position(of: index, in: left) * m * k..<position(of: index, in: left) * m * k + m * k]
      let start = position(of: index, in: right) * k * n
      let columns = transposed(Array(b[start..<start + k * n]), n)
      for row in 0..<m {
        let values = Array(matrix.dropFirst(row * k).prefix(k))
        for column in 0..<n {
          result.append(dot(values, Array(columns[column * k..<column * k + k])))
        }
      }
    }
    return result
  }

  @Test(arguments: [
    ([3, 5], [5, 4]), ([2, 3, 5], [5, 4]), ([2, 3, 5], [2, 5, 4]), ([3, 5], [2, 5, 4]),
    ([2, 1, 3, 5], [7, 5, 4]), ([2, 6, 3, 5], [2, 1, 5, 4]), ([1, 5], [5, 1]), ([3, 1], [1, 4]),
    ([6, 1, 2, 3], [1, 4, 3, 5]), ([1, 3, 5], [4, 5, 2]), ([0, 5], [5, 4]), ([3, 5], [5, 0]),
    ([0, 3, 5], [0, 5, 4]),
  ]) func shapes(_ a: [Int], _ b: [Int]) throws {
    try checkOperation(
      "matmul \(a) \(b)", inputs: [.uniform(Shape(a)), .uniform(Shape(b))],
      tolerance: Self.tolerance
    ) {
      $0[0].matmul($0[1])
    } oracle: {
      Self.product($0[0], a, $0[1], b)
    }
  }

  /// Nothing summed is 0.
  @Test func emptySum() throws {
    try checkOperation("K = 0", inputs: [.uniform([3, 0]), .uniform([0, 4])]) {
      $0[0].matmul($0[1])
    } oracle: { _ in
      Array(repeating: 0, count: 12)
    }
  }

  /// A vector is a row on the left and a column on the right, and its axis disappears.
  @Test func vectors() throws {
    let cases: [([Int], [Int], Shape, [Int], [Int])] = [
      ([5], [5], [], [1, 5], [5, 1]), ([5], [5, 4], [4], [1, 5], [5, 4]),
      ([3, 5], [5], [3], [3, 5], [5, 1]), ([2, 3, 5], [5], [2, 3], [2, 3, 5], [5, 1]),
      ([5], [2, 5, 4], [2, 4], [1, 5], [2, 5, 4]),
    ]
    for (a, b, shape, aMatrix, bMatrix) in cases {
      try checkOperation(
        "matmul \(a) \(b)", inputs: [.uniform(Shape(a)), .uniform(Shape(b))],
        tolerance: Self.tolerance
      ) {
        let product = $0[0].matmul($0[1])
        return product.reshaped(to: shape)
      } oracle: {
        Self.product($0[0], aMatrix, $0[1], bMatrix)
      }
    }
  }

  @Test(arguments: [0, 1, 2, 3]) func fourTransposes(which: Int) throws {
    let (left, right) = (which & 1 == 1, which & 2 == 2)
    let (a, b) = (left ? [2, 5, 3] : [2, 3, 5], right ? [2, 4, 5] : [2, 5, 4])
    func turned(_ x: [Double], _ shape: [Int]) -> [Double] {
      let size = shape[1] * shape[2]
      return transposed(Array(x[..<size]), shape[2]) + transposed(Array(x[size...]), shape[2])
    }
    try checkOperation(
      "transposes \(left) \(right)", inputs: [.uniform(Shape(a)), .uniform(Shape(b))],
      tolerance: Self.tolerance
    ) {
      (left ? $0[0].matrixTransposed() : $0[0]).matmul(right ? $0[1].matrixTransposed() : $0[1])
    } oracle: {
      Self.product(
        left ? turned($0[0], a) : $0[0], [2, 3, 5], right ? turned($0[1], b) : $0[1], [2, 5, 4])
    }
  }

  /// Sizes on both sides of tiles, vectors and blocks of the sum, by all four transposes.
  @Test(arguments: [
    [15, 33, 7], [1, 65, 300], [29, 1, 64], [14, 32, 257], [13, 31, 1], [50, 70, 520],
  ])
  func sizesAroundTiles(_ sizes: [Int]) throws {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    for which in 0..<4 {
      let (left, right) = (which & 1 == 1, which & 2 == 2)
      try checkOperation(
        "matmul \(sizes) \(which)",
        inputs: [.uniform(left ? [k, m] : [m, k]), .uniform(right ? [n, k] : [k, n])],
        tolerance: Tolerance(float32: 1e-4, float64: 1e-12), gradient: false
      ) {
        (left ? $0[0].transposed() : $0[0]).matmul(right ? $0[1].transposed() : $0[1])
      } oracle: {
        Self.product(
          left ? transposed($0[0], m) : $0[0], [m, k], right ? transposed($0[1], k) : $0[1], [k, n])
      }
    }
  }

  /// Operands that are slices with steps, and whose batches no single stride walks.
  @Test func stridedOperands() throws {
    try checkOperation(
      "strided", inputs: [.uniform([4, 6, 3, 5]), .uniform([2, 3, 5, 4])],
      tolerance: Self.tolerance
    ) {
      $0[0].slice([0..<4, 0..<6, 0..<3, 0..<5], steps: [2, 2, 1, 1]).matmul($0[1])
    } oracle: { x in
      var picked: [Double] = []
      forEachIndex([2, 3, 15]) { index, _ in
        picked.append(x[0][(index[0] * 2 * 6 + index[1] * 2) * 15 + index[2]])
      }
      return Self.product(picked, [2, 3, 3, 5], x[1], [2, 3, 5, 4])
    }
  }

  /// A value times its own transpose: both operands lie in the same memory.
  @Test func withItself() throws {
    try checkOperation("x·xᵀ", inputs: [.uniform([4, 3])], tolerance: Self.tolerance) {
      $0[0].matmul($0[0].transposed())
    } oracle: {
      Self.product($0[0], [4, 3], transposed($0[0], 3), [3, 4])
    }
  }
}
