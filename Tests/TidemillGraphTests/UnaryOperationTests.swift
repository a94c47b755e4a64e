import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// A function of one variable, and where it is checked.
struct UnaryCase: Sendable, CustomTestStringConvertible {
  let name: String
  var range: ClosedRange<Double> = -2...2
  /// Whether the numbers are spread around 0 without touching it, or integers.
  var avoidsKinks = false
  let build: @Sendable (Value) -> Value
  let function: @Sendable (Double) -> Double

  var testDescription: String { name }

  func input(_ shape: Shape) -> TestInput {
    avoidsKinks ? .distinct(shape) : .uniform(shape, range)
  }

  static let smooth: [UnaryCase] = [
    .init(name: "negate") {
      -$0
    } function: {
      -$0
    },
    .init(name: "sqrt", range: 0.5...4) {
      $0.sqrt()
    } function: {
      $0.squareRoot()
    },
    .init(name: "rsqrt", range: 0.5...4) {
      $0.rsqrt()
    } function: {
      1 / $0.squareRoot()
    },
    .init(name: "exp") {
      $0.exp()
    } function: {
      exp($0)
    },
    .init(name: "expm1") {
      $0.expm1()
    } function: {
      expm1($0)
    },
    .init(name: "log", range: 0.5...4) {
      $0.log()
    } function: {
      log($0)
    },
    .init(name: "log1p", range: -0.5...3) {
      $0.log1p()
    } function: {
      log1p($0)
    },
    .init(name: "sin", range: -8...8) {
      $0.sin()
    } function: {
      sin($0)
    },
    .init(name: "cos", range: -8...8) {
      $0.cos()
    } function: {
      cos($0)
    },
    .init(name: "erf") {
      $0.erf()
    } function: {
      erf($0)
    },
    .init(name: "tanh") {
      $0.tanh()
    } function: {
      tanh($0)
    },
    .init(name: "sigmoid", range: -6...6) {
      $0.sigmoid()
    } function: {
      logistic($0)
    },
    .init(name: "softplus", range: -6...6) {
      $0.softplus()
    } function: {
      log1p(exp($0))
    },
    .init(name: "silu", range: -6...6) {
      $0.silu()
    } function: {
      $0 * logistic($0)
    },
    .init(name: "gelu") {
      $0.gelu()
    } function: {
      0.5 * $0 * (1 + erf($0 * 0.5.squareRoot()))
    },
    .init(name: "geluTanh") {
      $0.geluTanh()
    } function: {
      0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * pow($0, 3))))
    },
    .init(name: "squared") {
      $0.squared()
    } function: {
      $0 * $0
    },
    .init(name: "power 3") {
      $0.power(3)
    } function: {
      $0 * $0 * $0
    },
    .init(name: "power 2.5", range: 0.5...3) {
      $0.power(2.5)
    } function: {
      pow($0, 2.5)
    },
    .init(name: "with numbers") {
      2 - (3 + $0 * 0.5) / 4 - 1
    } function: {
      0.25 - $0 * 0.125
    },
    .init(name: "by numbers", range: 0.5...3) {
      2 / (1.5 * $0)
    } function: {
      2 / (1.5 * $0)
    },
  ]

  /// Smooth but at 0 or at whole numbers.
  static let kinked: [UnaryCase] = [
    .init(name: "abs", avoidsKinks: true) {
      $0.abs()
    } function: {
      abs($0)
    },
    .init(name: "relu", avoidsKinks: true) {
      $0.relu()
    } function: {
      max(0, $0)
    },
    .init(name: "leakyRelu", avoidsKinks: true) {
      $0.leakyRelu(slope: 0.125)
    } function: {
      $0 > 0 ? $0 : 0.125 * $0
    },
    .init(name: "elu", avoidsKinks: true) {
      $0.elu(alpha: 0.75)
    } function: {
      $0 > 0 ? $0 : 0.75 * (exp($0) - 1)
    },
    .init(name: "selu", avoidsKinks: true) {
      $0.selu()
    } function: {
      1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (exp($0) - 1))
    },
    .init(name: "clamped", avoidsKinks: true) {
      $0.clamped(from: -0.125, to: 0.25)
    } function: {
      min(max($0, -0.125), 0.25)
    },
    .init(name: "clamped above", avoidsKinks: true) {
      $0.clamped(from: -.infinity, to: 0.25)
    } function: {
      min($0, 0.25)
    },
    .init(name: "sign", avoidsKinks: true) {
      $0.sign()
    } function: {
      $0 > 0 ? 1 : -1
    },
    .init(name: "floor", avoidsKinks: true) {
      $0.floor()
    } function: {
      $0.rounded(.down)
    },
    .init(name: "rounded", avoidsKinks: true) {
      ($0 + 0.1).rounded()
    } function: {
      ($0 + 0.1).rounded(.toNearestOrEven)
    },
  ]
}

/// Functions of one variable through ``checkOperation``, and what they do where they are not smooth.
@Suite struct UnaryOperationTests {
  @Test(arguments: UnaryCase.smooth + UnaryCase.kinked) func operation(_ unary: UnaryCase) throws {
    for shape: Shape in [[3, 5], [], [0], [17]] {
      try checkOperation(unary.name, inputs: [unary.input(shape)]) {
        unary.build($0[0])
      } oracle: {
        $0[0].map(unary.function)
      }
    }
  }

  /// Sizes around those of vectors and blocks, where remainders are handled.
  @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 31, 33, 511, 512, 513, 1025])
  func sizesAroundVectors(count: Int) throws {
    try checkOperation(
      "tanh(x)·x", inputs: [.uniform([count])], gradient: count == 17
    ) {
      $0[0].tanh() * $0[0]
    } oracle: {
      $0[0].map { tanh($0) * $0 }
    }
  }

  /// The stated choices: relu' = 0, |x|' = 0, sign' = 0 at 0; halves round to even.
  @Test func choicesAtKinks() throws {
    let found = try numbers([float64([0, -0.0, 0.5, 1.5, -2.5])]) { graph, v in
      let x = v[0]
      let gradients = [
        x.relu(), x.abs(), x.sign(), x.floor(), x.rounded(), x.leakyRelu(slope: 0.5),
        x.elu(alpha: 0.5), x.clamped(from: 0, to: 1.5),
      ]
      .map { graph.gradient(of: $0.sum(), withRespectTo: v)[0] }
      return [x.rounded(), x.sign()] + gradients
    }
    #expect(found[0] == [0, 0, 0, 2, -2])
    #expect(found[1] == [0, 0, 1, 1, -1])
    #expect(found[2] == [0, 0, 1, 1, 0], "relu'")
    #expect(found[3] == [0, 0, 1, 1, -1], "abs'")
    #expect(found[4] + found[5] + found[6] == Array(repeating: 0, count: 15), "steps are flat")
    #expect(found[7] == [0.5, 0.5, 1, 1, 0.5], "leakyRelu'")
    #expect(found[8].dropLast() == [0.5, 0.5, 1, 1], "elu'")
    #expect(found[9] == [1, 1, 1, 1, 0], "clamp', 1 at both ends")
  }

  /// Functions that would overflow if computed as written do not.
  @Test func largeArguments() throws {
    let x = [-1000.0, -100, 100, 1000]
    try checkOperation(
      "saturation", inputs: [.fixed(x, [4], .float64)], dtypes: [.float64]
    ) {
      $0[0].sigmoid() + $0[0].tanh() + $0[0].softplus()
    } oracle: {
      $0[0].map { $0 < 0 ? exp($0) * 2 - 1 : 2 + $0 }
    }
  }

  /// What is not taken of a choice does not overflow into its gradient, and NaN stays NaN.
  @Test func choicesAtTheEnds() throws {
    let found = try numbers([float64([-1e4, 1e4, .infinity, -.infinity, .nan])]) { graph, v in
      let x = v[0]
      return [x.elu(), x.selu(), x.clamped(from: -1, to: 2)].flatMap {
        [$0] + graph.gradient(of: $0.sum(), withRespectTo: v)
      }
    }
    for (values, expected) in zip(
      [0, 1, 4, 5], [[-1, 1e4, .infinity, -1], [0, 1, 1, 0], [-1, 2, 2, -1], [0, 0, 0, 0]])
    {
      #expect(found[values].dropLast() == expected[...])
    }
    #expect(found[0][4].isNaN && found[2][4].isNaN && found[4][4].isNaN)
    #expect(found[3].dropLast().allSatisfy { $0.isFinite }, "selu'")
  }

  /// A power of 0 is 1 everywhere, so its gradient is 0, also at 0 and in higher orders.
  @Test func powersAtZero() throws {
    let found = try numbers([float64([0, 2])]) { graph, v in
      var results = [v[0].power(2)]
      for _ in 0..<4 {
        results.append(graph.gradient(of: results[results.count - 1].sum(), withRespectTo: v)[0])
      }
      return results + graph.gradient(of: v[0].power(0).sum(), withRespectTo: v)
    }
    #expect(found == [[0, 4], [0, 4], [2, 2], [0, 0], [0, 0], [0, 0]])
  }
}
