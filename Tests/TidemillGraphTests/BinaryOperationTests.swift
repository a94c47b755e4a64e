import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// A function of two variables, and where it is checked.
struct BinaryCase: Sendable, CustomTestStringConvertible {
  let name: String
  var left: ClosedRange<Double> = -2...2
  var right: ClosedRange<Double> = -2...2
  let build: @Sendable (Value, Value) -> Value
  let function: @Sendable (Double, Double) -> Double

  var testDescription: String { name }

  /// The same for numbers of any type.
  static let ring: [BinaryCase] = [
    .init(name: "add") {
      $0 + $1
    } function: {
      $0 + $1
    },
    .init(name: "subtract") {
      $0 - $1
    } function: {
      $0 - $1
    },
    .init(name: "multiply") {
      $0 * $1
    } function: {
      $0 * $1
    },
  ]

  static let differentiable: [BinaryCase] =
    ring + [
      .init(name: "divide", right: 0.5...2) {
        $0 / $1
      } function: {
        $0 / $1
      },
      .init(name: "power", left: 0.5...2) {
        power($0, $1)
      } function: {
        pow($0, $1)
      },
    ]

  static let choices: [BinaryCase] = [
    .init(name: "max") {
      max($0, $1)
    } function: {
      Swift.max($0, $1)
    },
    .init(name: "min") {
      min($0, $1)
    } function: {
      Swift.min($0, $1)
    },
  ]

  static let ofIntegers: [BinaryCase] = [
    .init(name: "divide") {
      $0 / $1
    } function: {
      $1 == 0 ? 0 : ($0 / $1).rounded(.towardZero)
    },
    .init(name: "signs") {
      (-$0).abs() * $1.sign()
    } function: {
      abs($0) * ($1 > 0 ? 1 : $1 < 0 ? -1 : 0)
    },
  ]

  static let comparisons: [BinaryCase] = [
    .init(name: ".==") {
      $0 .== $1
    } function: {
      $0 == $1 ? 1 : 0
    },
    .init(name: ".!=") {
      $0 .!= $1
    } function: {
      $0 != $1 ? 1 : 0
    },
    .init(name: ".<") {
      $0 .< $1
    } function: {
      $0 < $1 ? 1 : 0
    },
    .init(name: ".<=") {
      $0 .<= $1
    } function: {
      $0 <= $1 ? 1 : 0
    },
    .init(name: ".>") {
      $0 .> $1
    } function: {
      $0 > $1 ? 1 : 0
    },
    .init(name: ".>=") {
      $0 .>= $1
    } function: {
      $0 >= $1 ? 1 : 0
    },
  ]
}

/// Operations on two values: numbers, broadcasting, gradients, integers, ties.
@Suite struct BinaryOperationTests {
  static let shapes: [(Shape, Shape)] = [
    ([3, 5], [3, 5]), ([3, 5], [5]), ([3, 1], [5]), ([7, 1, 3], [5, 1]), ([], [4, 2]), ([4], []),
    ([], []), ([0, 3], [3]), ([1], [0]), ([2, 3, 1, 5], [3, 4, 1]),
  ]

  @Test(arguments: BinaryCase.differentiable) func differentiable(_ binary: BinaryCase) throws {
    for (left, right) in Self.shapes {
      try check(binary, .uniform(left, binary.left), .uniform(right, binary.right))
    }
  }

  /// The right lies between the multiples that the left is of: nothing is nearly equal.
  @Test(arguments: BinaryCase.choices) func choices(_ binary: BinaryCase) throws {
    for (left, right) in Self.shapes {
      try check(binary, .distinct(left), .distinct(right, offset: 0.02))
    }
  }

  /// Small whole numbers, so that many are equal.
  @Test(arguments: BinaryCase.comparisons) func comparisons(_ binary: BinaryCase) throws {
    for (left, right) in Self.shapes {
      for dtype in [DType.float32, .float64, .int32, .int64] {
        try check(binary, .integers(left, -1..<2, dtype), .integers(right, -1..<2, dtype))
      }
      try check(binary, .bools(left), .bools(right))
    }
  }

  private func check(_ binary: BinaryCase, _ left: TestInput, _ right: TestInput) throws {
    let shape = try #require(Shape.broadcast(left.shape, right.shape))
    try checkOperation("\(binary.name) \(left.shape) \(right.shape)", inputs: [left, right]) {
      binary.build($0[0], $0[1])
    } oracle: {
      broadcasting(
        $0[0], left.shape.dimensions, $0[1], right.shape.dimensions, to: shape.dimensions,
        binary.function)
    }
  }

  /// Integers: the same names, division towards zero, and 0 where the divisor is 0.
  @Test(arguments: [DType.int32, .int64]) func integers(dtype: DType) throws {
    for binary in BinaryCase.ring + BinaryCase.choices + BinaryCase.ofIntegers {
      try check(binary, .integers([7, 5], -9..<10, dtype), .integers([5], -2..<3, dtype))
    }
  }

  /// NaN in either operand of a maximum or minimum comes out; comparisons with it are false.
  @Test func notANumber() throws {
    let (x, y) = ([Double.nan, 1, .nan, 2], [1.0, .nan, .nan, 3])
    try checkOperation(
      "NaN", inputs: [.numbers(x, [4]), .numbers(y, [4])], gradient: false
    ) {
      max($0[0], $0[1]) + min($0[0], $0[1]) * 10
    } oracle: { _ in
      [.nan, .nan, .nan, 23]
    }
    let found = try numbers([float64(x), float64(y)]) { _, v in [v[0] .<= v[1], v[0] .!= v[1]] }
    #expect(found == [[0, 0, 0, 1], [1, 1, 1, 1]])
  }

  /// Where operands are equal, the gradient goes to the first, all of it.
  @Test func tiesRouteToTheFirst() throws {
    let found = try numbers([float64([1, 2, 3]), float64([2, 2, 2])]) { graph, v in
      graph.gradient(of: max(v[0], v[1]).sum(), withRespectTo: v)
        + graph.gradient(of: min(v[0], v[1]).sum(), withRespectTo: v)
    }
    #expect(found == [[0, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
  }

  /// `xʸ` where x is 0 or negative: the power itself, its gradient by x, and 0 by y.
  @Test func powerOfZeroAndNegative() throws {
    let found = try numbers([float64([0, 0, -2, -2]), float64([2, 1, 3, 2])]) { graph, v in
      let result = power(v[0], v[1])
      return [result] + graph.gradient(of: result.sum(), withRespectTo: v)
    }
    #expect(found == [[0, 0, -8, 4], [0, 1, 12, -4], [0, 0, 0, 0]])
  }
}
