import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// Results and gradients that PyTorch computed; Goldens/generate.py makes the numbers.
@Suite struct GoldenTests {
  /// Operands, what comes of them, and the gradient of `Σ y·w` by each, with `w` = 1/n, 2/n, ... 1.
  struct Golden: Sendable, CustomTestStringConvertible {
    var name: String
    var dtype: DType
    var operands: [Tensor] = []
    var result: [Double] = []
    var gradients: [[Double]] = []

    var testDescription: String { "\(name), \(dtype)" }
  }

  static let operations: [String: @Sendable ([Value]) -> Value] = [
    "elu": { $0[0].elu(alpha: 0.75) },
    "selu": { $0[0].selu() },
    "gelu": { $0[0].gelu() },
    "geluTanh": { $0[0].geluTanh() },
    "leakyRelu": { $0[0].leakyRelu(slope: 0.1) },
    "silu": { $0[0].silu() },
    "softplus": { $0[0].softplus() },
    "clamped": { $0[0].clamped(from: -1, to: 0.5) },
    "variance": { $0[0].variance(axes: [0, 2], correction: 1) },
    "norm": { $0[0].norm(axes: [1]) },
    "product": { $0[0].product(axes: [1]) },
    "cumulativeSum": { $0[0].cumulativeSum(axis: 1) },
    "logSumExp": { $0[0].logSumExp(axis: 1) },
    "argmax": { $0[0].argmax(axis: 1) },
    "argmin": { $0[0].argmin(axis: 1) },
    "stack": { $0[0].builder.stack($0, axis: 1) },
    "split": { $0[0].split([2, 1, 4], axis: 2)[2].squared() },
    "jacobian": { x in
      x[0].builder.jacobian(of: (x[0].tanh() * x[0].sum()).softmax(), withRespectTo: x[0])
    },
    "hessianVectorProduct": { x in
      let result = x[0].tanh().product() + (x[0] * x[0].exp()).sum()
      return x[0].builder.hessianVectorProduct(of: result, withRespectTo: [x[0]], along: [x[1]])[0]
    },
    "pushforward": { x in
      let result = x[0].softmax() * x[0].cumulativeSum(axis: 0)
      return x[0].builder.pushforward(of: result, tangents: [x[1]], from: [x[0]])
    },
  ]

  static func build(_ name: String, _ x: [Value]) -> Value? {
    guard name.hasPrefix("einsum ") else { return operations[name]?(x) }
    let formula = String(name.dropFirst("einsum ".count))
    let graph = x[0].builder
    return x.count == 1 ? graph.einsum(formula, x[0]) : graph.einsum(formula, x[0], x[1])
  }

  static func goldens() throws -> [Golden] {
    let file = try #require(
      Bundle.module.url(forResource: "goldens", withExtension: "txt", subdirectory: "Goldens"))
    var goldens: [Golden] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      if words[0] == "case" {
        let dtype = DType.all.first { $0.description == words[words.count - 1] }
        goldens.append(
          Golden(
            name: words[1..<words.count - 1].joined(separator: " "), dtype: try #require(dtype)))
        continue
      }
      let numbers = words.drop { $0 != ":" }.dropFirst().compactMap(Double.init)
      var golden = goldens.removeLast()
      switch words[0] {
      case "x":
        let shape = Shape(words[1].split(separator: ",").compactMap { Int($0) })
        golden.operands.append(try Tensor(numbers: numbers, shape: shape, golden.dtype))
      case "y": golden.result = numbers
      default: golden.gradients.append(numbers)
      }
      goldens.append(golden)
    }
    return goldens
  }

  /// Both round; products and sums of a few numbers in another order.
  @Test func agreeWithPyTorch() throws {
    let goldens = try Self.goldens()
    #expect(Set(goldens.map(\.name)).isSuperset(of: Self.operations.keys))
    for golden in goldens {
      let bound = golden.dtype == .float32 ? 2e-5 : 4e-14
      let found = try numbers(golden.operands) { graph, x in
        let result = try #require(Self.build(golden.name, x), "\(golden)")
        guard !golden.gradients.isEmpty else { return [result] }
        let count = result.shape.count
        let weights = try Tensor(
          numbers: (1...max(count, 1)).map { Double($0) / Double(count) }, shape: result.shape,
          golden.dtype)
        let sum = (result * graph.constant(weights)).sum()
        return [result] + graph.gradient(of: sum, withRespectTo: x)
      }
      try compare(found[0], golden.result, bound, golden.testDescription)
      for (input, expected) in golden.gradients.enumerated() {
        try compare(
          found[1 + input], expected, bound, "\(golden.testDescription), gradient \(input)")
      }
    }
  }
}
