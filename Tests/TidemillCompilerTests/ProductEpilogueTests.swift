import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Elementwise work on a product happens at its end, with the bits that it would have in a pass of its own.
@Suite struct ProductEpilogueTests {
  /// Deeper than sums stay in registers, and deep enough for programs without a form.
  private let rows = 23
  private let depth = 700
  private let columns = 37

  private func kernels(_ runner: Runner) -> [String] {
    runner.executable.program.calls.map(\.call.kernelName)
  }

  private func inputs(_ depth: Int) throws -> [Tensor] {
    func tensor(_ shape: [Int], _ scale: Float) throws -> Tensor {
      let count = shape.reduce(1, *)
      let values: [Float] = (0..<count).map { Float(($0 * 7919) % 101 - 50) * scale }
      return try Tensor(values, shape: Shape(shape))
    }
    return [
      try tensor([rows, depth], 0.01), try tensor([depth, columns], 0.01),
      try tensor([columns], 0.1), try tensor([rows, columns], 0.05),
    ]
  }

  private typealias Ending = @Sendable (_ product: Value, _ row: Value, _ matrix: Value) -> Value

  private static let endings: [(name: String, body: Ending)] = [
    ("bias", { s, r, _ in s + r }),
    ("bias first", { s, r, _ in r + s }),
    ("bias, relu", { s, r, _ in (s + r).relu() }),
    ("residual", { s, _, x in x + s }),
    ("scale", { s, _, _ in s * 0.25 }),
    ("alpha and beta", { s, _, x in s * 0.5 + x * 3 }),
    ("gradient of relu", { s, _, x in select(x .> s.builder.fill(0), s, s.builder.fill(0)) }),
    ("gradient of sigmoid", { s, _, x in s * (x * (1 - x)) }),
    ("gradient of tanh", { s, _, x in s * (1 - x * x) }),
    ("descent", { s, _, x in x - s * 0.01 }),
    ("bias, sigmoid", { s, r, _ in (s + r).sigmoid() }),
    ("bias, gelu, residual", { s, r, x in (s + r).gelu() + x }),
  ]

  /// Proves: each ending is one call with its product, at any depth at which it pays, and gives the bits of the product
  /// written to memory and worked on there.
  @Test(arguments: endings.map(\.name), [3, 512, 700])
  func sameBits(name: String, depth: Int) throws {
    let ending = try #require(Self.endings.first { $0.name == name }).body
    let tensors = try inputs(depth)
    for set in InstructionSet.available {
      let fused = try Runner(instructionSet: set) { graph in
        let x = tensors.enumerated().map { graph.input("x\($0.offset)", $0.element.shape) }
        return [ending(x[0].matmul(x[1]), x[2], x[3])]
      }
      let product = try Runner(instructionSet: set) { graph in
        [graph.input("a", tensors[0].shape).matmul(graph.input("b", tensors[1].shape))]
      }
      let rest = try Runner(instructionSet: set) { graph in
        let x = [[rows, columns], tensors[2].shape, tensors[3].shape].enumerated().map {
          graph.input("x\($0.offset)", $0.element)
        }
        return [ending(x[0], x[1], x[2])]
      }
      if depth > 3 || !name.contains("gelu") && !name.contains("bias, sigmoid") {
        #expect(kernels(fused) == ["gemm"], "\(set)")
      }
      let sums = try product.run(Array(tensors[..<2]))[0]
      let used = rest.executable.program.inputs.count
      #expect(used == 3)
      let wanted = try rest.run([sums, tensors[2], tensors[3]])[0]
      #expect(try fused.run(tensors)[0] == wanted, "\(set)")
    }
  }

  /// Proves: a product that others use as well, or that is a result, goes to memory beside what is made of it.
  @Test func sumsThatOthersNeed() throws {
    let tensors = try inputs(depth)
    let runner = try Runner { graph in
      let x = tensors.enumerated().map { graph.input("x\($0.offset)", $0.element.shape) }
      let product = x[0].matmul(x[1])
      let y = (product + x[2]).relu()
      return [y, product, y.sum(axes: [1]) + product.sum(axes: [1]), x[3] * 2]
    }
    #expect(kernels(runner).filter { $0 == "gemm" }.count == 1)
    let plain = try Runner { graph in
      [graph.input("a", tensors[0].shape).matmul(graph.input("b", tensors[1].shape))]
    }
    let results = try runner.run(tensors)
    #expect(try results[1] == plain.run(Array(tensors[..<2]))[0])
    #expect(zip(results[0].doubles, results[1].doubles).allSatisfy { $0 >= 0 || $1 < 0 })
  }

  /// Proves: where somebody needs the product before the other operands are there, nothing goes in a circle.
  @Test func noCircles() throws {
    let tensors = try inputs(depth)
    let runner = try Runner { graph in
      let x = tensors.enumerated().map { graph.input("x\($0.offset)", $0.element.shape) }
      let product = x[0].matmul(x[1])
      // The row depends on the product, through a sum.
      return [product - product.max(axes: [0]) + x[2] * 0 + x[3] * 0]
    }
    let result = try runner.run(tensors)[0].doubles
    for column in 0..<columns {
      #expect((0..<rows).map { result[$0 * columns + column] }.max() == 0)
    }
  }

  /// Proves: an update ends the product that is its gradient, and whoever reads the weights sees them as they were.
  @Test(arguments: [1, 3])
  func updates(threads: Int) throws {
    let w = parameter("w", try float64([1, 2, 3, 4, 5, 6], [3, 2]))
    let v = parameter("v", try float64([2, 2, 2, 2, 2, 2], [3, 2]))
    let store = try store([w, v])
    let runner = try Runner(store: store, threads: threads) { graph in
      let x = graph.input("x", [2, 3], .float64)
      let y = graph.input("y", [2, 2], .float64)
      let back = y.matmul(graph.read(w).transposed())
      let velocity = x.transposed().matmul(y) + graph.read(v) * 0.5
      graph.assign(v, velocity)
      graph.assign(w, graph.read(w) - velocity * 0.25)
      return [back]
    }
    #expect(kernels(runner) == ["gemm", "gemm"])
    let back = try runner.run([
      float64([1, 0, 2, 0, 1, 1], [2, 3]), float64([4, 8, 0, 4], [2, 2]),
    ])
    #expect(back[0].doubles == [20, 44, 68, 8, 16, 24])
    #expect(try store.tensor(named: "v").doubles == [5, 9, 1, 5, 9, 21])
    #expect(try store.tensor(named: "w").doubles == [-0.25, -0.25, 2.75, 2.75, 2.75, 0.75])
  }
}
