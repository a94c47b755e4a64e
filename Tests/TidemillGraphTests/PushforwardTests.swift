import Foundation
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Jacobian-vector products, Hessian-vector products and Jacobians.
@Suite struct PushforwardTests {
  /// A function and its operands.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputs: [TestInput]
    let build: @Sendable ([Value]) -> Value

    init(_ name: String, _ inputs: [TestInput], _ build: @escaping @Sendable ([Value]) -> Value) {
      (testDescription, self.inputs, self.build) = (name, inputs, build)
    }
  }

  private static let labels: [Double] = [2, 0, 6]

  /// Everything that has a gradient; the functions of one and two variables come from their own lists.
  static let functions: [Function] =
    (UnaryCase.smooth + UnaryCase.kinked).map { unary in
      Function(unary.name, [unary.input([3, 5])]) { unary.build($0[0]) }
    }
    + BinaryCase.differentiable.map { binary in
      Function(binary.name, [.uniform([3, 1], binary.left), .uniform([4], binary.right)]) {
        binary.build($0[0], $0[1])
      }
    } + [
      Function("max", [.distinct([3, 4]), .distinct([4], offset: 0.01)]) { max($0[0], $0[1]) },
      Function("min", [.distinct([3, 4]), .distinct([4], offset: 0.01)]) { min($0[0], $0[1]) },
      Function("select", [.bools([3, 4]), .uniform([4]), .uniform([3, 1])]) {
        select($0[0], $0[1], $0[2])
      },
      Function("cast", [.uniform([3, 4])]) { $0[0].cast(to: .float32).cast(to: .float64) },
      Function("stoppingGradient", [.uniform([3])]) { $0[0] * $0[0].stoppingGradient() },
      Function("reshape", [.uniform([2, 3, 4])]) { $0[0].reshaped(to: [4, 6]).squared() },
      Function("transpose", [.uniform([2, 3, 4])]) { $0[0].transposed([2, 0, 1]).squared() },
      Function("broadcast", [.uniform([3, 1])]) { $0[0].broadcast(to: [2, 3, 4]).exp() },
      Function("slice", [.uniform([5, 7])]) {
        $0[0].slice([1..<5, 0..<7], steps: [2, 3]).exp()
      },
      Function("pad", [.uniform([3, 4])]) {
        $0[0].padded([(before: 1, after: 2), (before: 0, after: 3)]).exp()
      },
      Function("concatenate", [.uniform([2, 3]), .uniform([4, 3])]) {
        $0[0].builder.concatenate($0).exp()
      },
      Function("split", [.uniform([5, 3])]) {
        let parts = $0[0].split([2, 1, 2])
        return parts[0] * parts[1] - parts[2]
      },
      Function("stack", [.uniform([3]), .uniform([3])]) {
        $0[0].builder.stack($0, axis: 1).exp()
      },
      Function("layerNorm", [.uniform([5, 4]), .uniform([4]), .uniform([4])]) {
        $0[0].layerNorm(gain: $0[1], bias: $0[2]).exp()
      },
      Function("rmsNorm", [.uniform([5, 4]), .uniform([4])]) {
        $0[0].rmsNorm(gain: $0[1]).exp()
      },
      Function("gather", [.uniform([5, 3]), .integers([4], 0..<5)]) { $0[0].gather($0[1]).exp() },
      Function("scatterAdd", [.uniform([4, 3]), .integers([4], 0..<5)]) {
        $0[0].scatterAdded(at: $0[1], entries: 5).exp()
      },
      Function("sum", [.uniform([3, 4, 2])]) { $0[0].squared().sum(axes: [0, 2]) },
      Function("mean", [.uniform([3, 4, 2])]) { $0[0].squared().mean(axes: [1]) },
      Function("max over", [.distinct([3, 4, 2])]) { $0[0].max(axes: [0, 2]) },
      Function("min over", [.distinct([3, 4, 2])]) { $0[0].min(axes: [1]) },
      Function("variance", [.uniform([3, 4])]) { $0[0].variance(axes: [1], correction: 1) },
      Function("norm", [.uniform([3, 4])]) { $0[0].norm(axes: [1]) },
      Function("product", [.uniform([3, 5])]) { $0[0].product(axes: [1]) },
      Function("cumulativeSum", [.uniform([3, 5])]) { $0[0].cumulativeSum().exp() },
      Function("softmax", [.uniform([3, 5])]) { $0[0].softmax(axis: 0) },
      Function("logSoftmax", [.uniform([3, 5])]) { $0[0].logSoftmax() },
      Function("logSumExp", [.uniform([3, 5])]) { $0[0].logSumExp(axis: 0) },
      Function("softmaxCrossEntropy", [.uniform([3, 7]), .fixed(labels, [3], .int32)]) {
        softmaxCrossEntropyPerRow($0[0], labels: $0[1])
      },
      Function("its gradient", [.uniform([3, 7]), .fixed(labels, [3], .int32), .uniform([3])]) {
        $0[0].builder.pullback(
          of: softmaxCrossEntropyPerRow($0[0], labels: $0[1]), cotangent: $0[2], to: [$0[0]])[0]
      },
      Function("matmul", [.uniform([2, 3, 4]), .uniform([4, 5])]) { $0[0].matmul($0[1]) },
      Function("batched matmul", [.uniform([2, 3, 4]), .uniform([2, 4, 5])]) {
        $0[0].matmul($0[1])
      },
      Function("einsum", [.uniform([2, 3, 4]), .uniform([4, 2])]) {
        $0[0].builder.einsum("bij,jb->ib", $0[0], $0[1])
      },
      Function("dropout", [.uniform([3, 50])]) { $0[0].dropout(0.5).exp() },
      Function("nothing", [.uniform([0, 3])]) { $0[0].exp() },
    ]

  /// `⟨w, J·v⟩ = ⟨Jᵀ·w, v⟩` in random directions, and `J·v` against differences of the function along `v`.
  @Test(arguments: functions) func agreesWithPullback(_ function: Function) throws {
    var generator = SeededGenerator(seed: 17)
    let numbers = function.inputs.map { $0.draw(from: &generator) }
    let moving = function.inputs.indices.filter { function.inputs[$0].isDifferentiated }
    let directions = moving.map { input in numbers[input].map { _ in generator.uniform(-1...1) } }
    let runner = try Runner { graph in
      let x = function.inputs.enumerated().map { position, input in
        graph.input("x\(position)", input.shape, input.dtype(checking: .float64))
      }
      let tangents = try zip(moving, directions).map { input, direction in
        try graph.constant(direction, function.inputs[input].shape)
      }
      let result = function.build(x)
      let weight = graph.uniform(result.shape, .float64) + 0.5
      let values = moving.map { x[$0] }
      let pushed = graph.pushforward(of: result, tangents: tangents, from: values)
      let pulled = graph.pullback(of: result, cotangent: weight, to: values)
      let along = zip(pulled, tangents).reduce(graph.fill(0, [], .float64)) {
        $0 + ($1.0 * $1.1).sum()
      }
      return [(pushed * weight).sum(), along, result, pushed]
    }
    func run(_ offset: Double) throws -> [[Double]] {
      var moved = numbers
      for (input, direction) in zip(moving, directions) {
        moved[input] = zip(numbers[input], direction).map { $0 + offset * $1 }
      }
      let tensors = try zip(function.inputs, moved).map { input, numbers in
        try Tensor(numbers: numbers, shape: input.shape, input.dtype(checking: .float64))
      }
      return try runner.run(tensors).map(\.doubles)
    }
    let found = try run(0)
    // A cast rounds the function's numbers in one product and the cotangent in the other.
    let bound = function.testDescription == "cast" ? 1e-6 : 1e-13
    try compare(found[0], found[1], bound, function.testDescription)
    // New random numbers at each step, numbers of float32, and a gradient that is not the derivative.
    if ["dropout", "cast", "stoppingGradient"].contains(function.testDescription) { return }
    let (step, before, after) = (0x1p-13, try run(-0x1p-13), try run(0x1p-13))
    let differences = zip(after[2], before[2]).map { ($0 - $1) / (2 * step) }
    try compare(found[3], differences, 2e-6, "\(function.testDescription), against differences")
  }

  /// The same of every golden that has a finite gradient, which GoldenCoverageTests says is every operation and function:
  /// `⟨w, J·v⟩ = ⟨Jᵀ·w, v⟩` in a random direction.
  @Test(arguments: GoldenOperation.all.keys.sorted())
  func agreesOnGoldens(operation: String) throws {
    let goldens = try #require(Golden.all.get()[operation])
    for (number, golden) in goldens.enumerated() where !golden.gradients.isEmpty {
      let all = [try golden.result] + golden.operands + golden.gradients
      guard all.allSatisfy({ $0.dtype != .float32 && $0.doubles.allSatisfy(\.isFinite) }) else {
        continue
      }
      var generator = SeededGenerator(seed: 23, stream: UInt64(number))
      let found = try Runner { graph in
        let x = GoldenTests.declare(golden, graph)
        let values = x.filter(\.dtype.isFloatingPoint)
        let result = try #require(GoldenOperation.record(golden, graph, x))
        let weights = graph.constant(try golden.weights())
        let tangents = try values.map { value in
          let numbers = (0..<value.shape.count).map { _ in generator.uniform(-1...1) }
          return try graph.constant(numbers, value.shape)
        }
        let pushed = graph.pushforward(of: result, tangents: tangents, from: values) * weights
        let pulled = graph.pullback(of: result, cotangent: weights, to: values)
        let along = zip(pulled, tangents).map { $0 * $1 }
        let zero = graph.fill(0, [], .float64)
        return [pushed.sum(), along.reduce(zero) { $0 + $1.sum() }, pushed.abs().sum()]
          + [along.reduce(zero) { $0 + $1.abs().sum() }]
      }.run(golden.operands, seed: GoldenTests.seed).map { try $0.item() as Double }
      // Relative to what was added up.
      let size = max(found[2], found[3])
      #expect(abs(found[0] - found[1]) <= 1e-14 * size, "\(golden): \(found)")
    }
  }

  /// Several values, one of which the result does not depend on; and what is not reached.
  @Test func severalValues() throws {
    let found = try numbers([float64([1, 2]), float64(3), float64([5, 7])]) { graph, v in
      let tangents = [graph.fill(1, [2], .float64), graph.fill(10, [], .float64), v[2]]
      let result = v[0] * v[1]
      return [
        graph.pushforward(of: result, tangents: tangents, from: v),
        graph.pushforward(of: result, tangents: [v[2]], from: [v[2]]),
        graph.pushforward(of: v[0], tangents: [v[2]], from: [v[0]]),
        graph.pushforward(of: result, tangents: [], from: []),
      ]
    }
    #expect(found == [[13, 23], [0, 0], [5, 7], [0, 0]])
  }

  /// Derivatives of float32 by float64, and the other way around.
  @Test func mixedTypes() throws {
    let found = try numbers([float64([1, 2]), Tensor([3, 4] as [Float])]) { graph, v in
      let product = v[0].cast(to: .float32) * v[1]
      let pushed = graph.pushforward(of: product, tangents: v, from: v)
      return [pushed] + [graph.jacobian(of: product, withRespectTo: v[0])]
        + graph.hessianVectorProduct(of: product.sum(), withRespectTo: v, along: v)
    }
    #expect(found == [[6, 16], [3, 0, 0, 4], [3, 4], [1, 2]])
  }

  /// Of chains of diamonds, each further hundred adds the same number of nodes; in forward of forward as well.
  @Test(arguments: [1, 2]) func sizeIsLinear(orders: Int) throws {
    func nodes(_ count: Int) throws -> (built: Int, kept: Int) {
      let graph = GraphBuilder()
      let x = graph.input("x", [], .float64)
      var value = x
      for _ in 0..<count { value = value.sin() * value }
      for _ in 0..<orders {
        value = graph.pushforward(of: value, tangents: [x.like(1)], from: [x])
      }
      let result = try graph.graph(outputs: [value])
      return (result.nodes.count, result.simplified().nodes.count)
    }
    let sizes = try [100, 200, 300].map { try nodes($0) }
    #expect(sizes[1].built - sizes[0].built == sizes[2].built - sizes[1].built)
    #expect(sizes[1].kept - sizes[0].kept == sizes[2].kept - sizes[1].kept)
    #expect(sizes[1].kept - sizes[0].kept < (orders == 1 ? 701 : 2500), "\(sizes)")
  }

  /// Forward over forward is the second derivative along two directions: 6·x.
  @Test func again() throws {
    let found = try numbers([float64([1, 2])]) { graph, v in
      let one = graph.fill(1, [2], .float64)
      let first = graph.pushforward(of: v[0] * v[0] * v[0], tangents: [one], from: v)
      return [graph.pushforward(of: first, tangents: [one], from: v)]
    }
    #expect(found == [[6, 12]])
  }

  /// Rows, columns, and their equals, of a function whose Jacobian is known.
  @Test(arguments: [(2, 3), (3, 2), (1, 4), (4, 1), (0, 2), (2, 0)])
  func jacobian(rows: Int, columns: Int) throws {
    let matrix = (0..<rows * columns).map { Double($0) - 1.5 }
    let x = (0..<columns).map { Double($0) + 0.5 }
    let found = try numbers([float64(matrix, [rows, columns]), float64(x)]) { graph, v in
      let result = v[0].matmul(v[1].squared())
      let jacobian = graph.jacobian(of: result, withRespectTo: v[1])
      #expect(jacobian.shape == [rows, columns])
      return [jacobian]
    }
    let expected = matrix.enumerated().map { $1 * 2 * x[$0 % max(columns, 1)] }
    try compare(found[0], expected, 1e-14, "\(rows) by \(columns)")
  }

  /// The axes of the result, then those of the value; of a scalar the gradient.
  @Test func axesOfJacobians() throws {
    let x = try float64([1, 2, 3, 4, 5, 6], [2, 3])
    let found = try numbers([x]) { graph, v in
      let sums = v[0].squared().sum(axes: [1], keepingAxes: true)
      let jacobian = graph.jacobian(of: sums, withRespectTo: v[0])
      #expect(jacobian.shape == [2, 1, 2, 3])
      let hessian = graph.jacobian(
        of: graph.gradient(of: v[0].product(axes: [0]).sum(), withRespectTo: v)[0],
        withRespectTo: v[0])
      #expect(hessian.shape == [2, 3, 2, 3])
      return [
        jacobian, hessian, graph.jacobian(of: sums.sum(), withRespectTo: v[0]),
        graph.jacobian(of: v[0].floor(), withRespectTo: v[0]).sum(),
      ]
    }
    #expect(found[0] == [2, 4, 6, 0, 0, 0, 0, 0, 0, 8, 10, 12])
    var expected = [Double](repeating: 0, count: 36)
    for column in 0..<3 {
      expected[column * 6 + 3 + column] = 1
      expected[(3 + column) * 6 + column] = 1
    }
    #expect(found[1] == expected && found[2] == [2, 4, 6, 8, 10, 12] && found[3] == [0])
  }

  /// The product can be differentiated by its vector, which gives the Hessian's columns again.
  @Test func hessianVectorProductByItsVector() throws {
    let found = try numbers([float64([2, 3]), float64([5, 7])]) { graph, v in
      let loss = v[0].product() * v[0].sum()  // x²y + xy²
      let along = graph.hessianVectorProduct(of: loss, withRespectTo: [v[0]], along: [v[1]])[0]
      return [along, graph.jacobian(of: along, withRespectTo: v[1])]
    }
    #expect(found == [[100, 78], [6, 10, 10, 4]])
  }

  /// `H·v` of `xᵀAx + Σ x⁴` is `(A + Aᵀ)·v + 12·x²·v`, also where `v` is made from `x`.
  @Test func hessianVectorProduct() throws {
    let a: [Double] = [1, -2, 3, 0.5, 4, -1, 2, 2, -3]
    let x = [0.5, -1, 2]
    let v = [1, 0.25, -2]
    let inputs = try [float64(x), float64(a, [3, 3]), float64(v)]
    let found = try numbers(inputs) { graph, values in
      let x = values[0]
      let loss = (x * values[1].matmul(x)).sum() + x.power(4).sum()
      return graph.hessianVectorProduct(of: loss, withRespectTo: [x], along: [values[2]])
        + graph.hessianVectorProduct(of: loss, withRespectTo: [x], along: [x])
    }
    func expected(_ v: [Double]) -> [Double] {
      (0..<3).map { i in
        let row: [Double] = (0..<3).map { j in a[i * 3 + j] + a[j * 3 + i] }
        return dot(row, v) + 12 * x[i] * x[i] * v[i]
      }
    }
    try compare(found[0] + found[1], expected(v) + expected(x), 1e-14, "hessian")
  }
}
