import Testing
import TidemillGraph
import TidemillTestSupport

/// Choices, truth values, casts, and values that have no gradient.
@Suite struct LogicTests {
  @Test func selectBroadcastsAndRoutesGradients() throws {
    try checkOperation(
      "select", inputs: [.bools([4, 1, 3]), .uniform([5, 1]), .uniform([3])]
    ) {
      select($0[0], $0[1], $0[2])
    } oracle: { x in
      var result: [Double] = []
      forEachIndex([4, 5, 3]) { index, _ in
        let condition = x[0][position(of: index, in: [4, 1, 3])] != 0
        result.append(
          condition ? x[1][position(of: index, in: [5, 1])] : x[2][position(of: index, in: [3])])
      }
      return result
    }
  }

  @Test func connectives() throws {
    try checkOperation("logic", inputs: [.bools([4, 5]), .bools([5])]) {
      select(($0[0] .& $0[1]) .| .!$0[1], $0[0], .!$0[0])
    } oracle: { x in
      broadcasting(x[0], [4, 5], x[1], [5], to: [4, 5]) { $0 == 1 || $1 == 0 ? $0 : 1 - $0 }
    }
  }

  /// Towards zero, saturating; bool from anything but 0.
  @Test func casts() throws {
    let numbers: [Double] = [0, -0.75, 1.5, -2.5, 3e9, -3e9, 1e20, -1e20]
    for dtype in DType.all {
      try checkOperation(
        "cast to \(dtype)", inputs: [.fixed(numbers, [8], .float64)], dtypes: [.float64],
        tolerance: Tolerance(float32: 1e-7, float64: 0)
      ) {
        $0[0].cast(to: dtype)
      } oracle: {
        $0[0].map { x in
          switch dtype {
          case .int32: Double(Int32(saturating: x))
          case .int64: Double(Int64(saturating: x))
          case .bool: x == 0 ? 0 : 1
          case .bfloat16: Double(BFloat16(x).float)
          default: x
          }
        }
      }
    }
  }

  /// All pairs of types keep small whole numbers.
  @Test func castsBetweenAllTypes() throws {
    for from in DType.all {
      for to in DType.all {
        let isBool = from == .bool || to == .bool
        try checkOperation(
          "cast \(from) to \(to)", inputs: [.integers([19], isBool ? 0..<2 : -5..<6, from)]
        ) {
          $0[0].cast(to: to)
        } oracle: {
          $0[0]
        }
      }
    }
  }

  @Test func gradientsPassCastsBetweenFloats() throws {
    let found = try numbers([float64([2, 3])]) { graph, v in
      let loss = v[0].cast(to: .float32).squared().sum()
      return graph.gradient(of: loss, withRespectTo: v)
    }
    #expect(found == [[4, 6]])
  }

  /// x·stop(x) has the derivative stop(x), and stop(x) itself none.
  @Test func stoppingGradient() throws {
    let found = try numbers([float64([2, 3])]) { graph, v in
      let stopped = v[0].stoppingGradient()
      return [stopped] + graph.gradient(of: (v[0] * stopped).sum(), withRespectTo: v)
        + graph.gradient(of: stopped.sum(), withRespectTo: v)
    }
    #expect(found == [[2, 3], [2, 3], [0, 0]])
  }

  @Test func iotaAndFill() throws {
    for axis in 0..<3 {
      for dtype in [DType.float32, .float64, .int32, .int64] {
        try checkOperation("iota \(axis) \(dtype)", inputs: [.uniform([])], gradient: false) {
          let graph = $0[0].builder
          return graph.iota([3, 5, 4], axis: axis, dtype) + graph.fill(-2, [4], dtype)
        } oracle: { _ in
          var result: [Double] = []
          forEachIndex([3, 5, 4]) { index, _ in result.append(Double(index[axis] - 2)) }
          return result
        }
      }
    }
  }

  @Test(arguments: [DType.int32, .int64]) func oneHot(dtype: DType) throws {
    try checkOperation(
      "oneHot", inputs: [.fixed([2, 0, 3, 7, -1, 2], [2, 3], dtype)], gradient: false
    ) {
      $0[0].oneHot(4)
    } oracle: {
      $0[0].flatMap { label in (0..<4).map { Double($0) == label ? 1 : 0 } }
    }
  }
}
