import Testing
import TidemillGraph
import TidemillTestSupport

/// Products over axes, and running sums.
@Suite struct ScanTests {
  @Test(arguments: ReductionTests.subsets) func product(axes: [Int]) throws {
    let shape = [3, 4, 2, 5]
    for keeps in [false, true] {
      try checkOperation(
        "product \(axes)", inputs: [.uniform(Shape(shape), 0.75...1.25)],
        tolerance: Tolerance(float32: 1e-5, float64: 2e-14)
      ) {
        $0[0].product(axes: axes, keepingAxes: keeps)
      } oracle: {
        ReductionTests.reduce($0[0], shape, axes) { $0.reduce(1, *) }
      }
    }
  }

  /// One zero in a row: only its own derivative is not 0. Two: none is, but second derivatives are.
  @Test func productOfZeros() throws {
    let rows: [Double] = [2, 3, 4, 5, 7, 2, 0, 4, 5, 7, 2, 0, 4, 0, 7]
    try checkOperation("zeros", inputs: [.numbers(rows, [3, 5])]) {
      $0[0].product(axes: [1])
    } oracle: {
      TidemillTestSupport.rows($0[0], 5).map { $0.reduce(1, *) }
    }
    let found = try numbers([float64(rows, [3, 5])]) { graph, v in
      graph.gradient(of: v[0].product(axes: [1]).sum(), withRespectTo: v)
    }
    #expect(found[0] == [420, 280, 210, 168, 120, 0, 280, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func productOfIntegersAndOfNothing() throws {
    for dtype in [DType.int32, .int64] {
      try checkOperation("integers", inputs: [.integers([5, 7], -3..<4, dtype)]) {
        $0[0].product(axes: [-1])
      } oracle: {
        rows($0[0], 7).map { $0.reduce(1, *) }
      }
    }
    try checkOperation("nothing", inputs: [.uniform([2, 0, 3])]) {
      $0[0].product(axes: [1]) + $0[0].product() * 2
    } oracle: { _ in
      [3, 3, 3, 3, 3, 3]
    }
    try checkOperation("no rows", inputs: [.uniform([0, 4])]) {
      $0[0].product(axes: [1])
    } oracle: { _ in
      []
    }
  }

  private static func runningSums(_ x: [Double], _ shape: [Int], _ axis: Int) -> [Double] {
    var sums = x
    forEachIndex(shape) { index, element in
      guard index[axis] > 0 else { return }
      var before = index
      before[axis] -= 1
      sums[element] += sums[position(of: before, in: shape)]
    }
    return sums
  }

  @Test(arguments: [0, 1, 2, -1, -3]) func cumulativeSum(axis: Int) throws {
    let shape = [5, 8, 3]
    try checkOperation("cumulativeSum \(axis)", inputs: [.uniform(Shape(shape))]) {
      $0[0].cumulativeSum(axis: axis).squared()
    } oracle: {
      Self.runningSums($0[0], shape, axis < 0 ? axis + 3 : axis).map { $0 * $0 }
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 7, 9, 31, 33, 1000]) func cumulativeSums(of count: Int) throws {
    try checkOperation(
      "\(count)", inputs: [.uniform([count])], tolerance: Tolerance(float32: 2e-5, float64: 4e-14),
      gradient: count < 10
    ) {
      $0[0].cumulativeSum()
    } oracle: {
      Self.runningSums($0[0], [count], 0)
    }
    try checkOperation("integers", inputs: [.integers([count], -9..<10, .int64)]) {
      $0[0].cumulativeSum()
    } oracle: {
      Self.runningSums($0[0], [count], 0)
    }
  }

  /// What is not finite changes only what comes after it.
  @Test func cumulativeSumOfInfinities() throws {
    let found = try numbers([float64([1, 2, .infinity, 3, .nan, 4])]) { _, v in
      [v[0].cumulativeSum()]
    }
    #expect(found[0].prefix(4) == [1, 3, .infinity, .infinity])
    #expect(found[0].suffix(2).allSatisfy { $0.isNaN })
  }

  @Test func sameBitsForAnyThreads() throws {
    let results = try [1, 2, 3, 8].map { threads in
      try Runner(threads: threads) { graph in
        let x = graph.uniform([517, 300])
        return [x.cumulativeSum(), x.cumulativeSum(axis: 0), (x + 0.5).product(axes: [0])]
      }.run(seed: 3)
    }
    for other in results.dropFirst() {
      #expect(zip(other, results[0]).allSatisfy { $0.hasSameBits(as: $1) })
    }
  }
}
