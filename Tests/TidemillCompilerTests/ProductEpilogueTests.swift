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

  private func inputs(_ depth: Int, rows: Int = 23, columns: Int = 37) throws -> [Tensor] {
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

  private static let narrowEndings: [(name: String, body: Ending)] = [
    ("bias, relu", { s, r, _ in (s + r).relu() }),
    ("bias, max", { s, r, _ in max(s + r, s.builder.fill(0.5)) }),
    ("narrowed", { s, _, _ in s.cast(to: .bfloat16) }),
    ("bias, relu, narrowed", { s, r, _ in (s + r).relu().cast(to: .bfloat16) }),
    ("bias, gelu, narrowed", { s, r, _ in (s + r).gelu().cast(to: .bfloat16) }),
    ("residual, narrowed", { s, _, x in (s + x).cast(to: .bfloat16) }),
  ]

  /// Proves: a product of bfloat16 ends in such a way, too, and may give bfloat16: the bits of float32 sums written to memory
  /// and worked on there.
  @Test(arguments: narrowEndings.map(\.name), [3, 512, 1300])
  func sumsOfBFloat16(name: String, depth: Int) throws {
    try checkSums(name, depth, rows: rows, columns: columns)
  }

  /// Proves the same past the block sizes in height (168) and width (256 where operands are widened, else 2048).
  @Test(arguments: narrowEndings.map(\.name), [(61, 300, 1300), (171, 2100, 20)])
  func sumsOfBFloat16AcrossBlocks(name: String, _ size: (rows: Int, columns: Int, depth: Int))
    throws
  {
    try checkSums(name, size.depth, rows: size.rows, columns: size.columns)
  }

  private func checkSums(_ name: String, _ depth: Int, rows: Int, columns: Int) throws {
    let ending = try #require(Self.narrowEndings.first { $0.name == name }).body
    let tensors = try inputs(depth, rows: rows, columns: columns)
    for set in InstructionSet.available {
      func product(_ x: [Value]) -> Value {
        x[0].cast(to: .bfloat16).matmul(x[1].cast(to: .bfloat16))
      }
      let fused = try Runner(instructionSet: set) { graph in
        let x = tensors.enumerated().map { graph.input("x\($0.offset)", $0.element.shape) }
        return [ending(product(x), x[2], x[3])]
      }
      let sums = try Runner(instructionSet: set) { graph in
        [product(tensors[..<2].enumerated().map { graph.input("x\($0.offset)", $0.element.shape) })]
      }
      let rest = try Runner(instructionSet: set) { graph in
        let x = [[rows, columns], tensors[2].shape, tensors[3].shape].enumerated().map {
          graph.input("x\($0.offset)", $0.element)
        }
        return [ending(x[0], x[1], x[2])]
      }
      if depth >= 512 || !name.contains("gelu") {
        #expect(kernels(fused) == ["elementwise", "elementwise", "gemm_bf16"], "\(set)")
      }
      let made = try sums.run(Array(tensors[..<2]))[0]
      let wanted = try rest.run([made, tensors[2], tensors[3]])[0]
      #expect(try fused.run(tensors)[0] == wanted, "\(set)")
    }
  }

  /// Proves: a product that others use as well, or that is a result, goes to memory beside what is made of it.
  @Test func sumsThatOthersNeed() throws {
    let tensors = try inputs(depth)
    func made(_ product: Value, _ row: Value) -> [Value] {
      let y = (product + row).relu()
      return [y, y.sum(axes: [1]) + product.sum(axes: [1])]
    }
    let runner = try Runner { graph in
      let x = tensors.prefix(3).enumerated().map {
        graph.input("x\($0.offset)", $0.element.shape)
      }
      let product = x[0].matmul(x[1])
      return [product] + made(product, x[2])
    }
    #expect(kernels(runner).filter { $0 == "gemm" }.count == 1)
    let plain = try Runner { graph in
      [graph.input("a", tensors[0].shape).matmul(graph.input("b", tensors[1].shape))]
    }
    let rest = try Runner { graph in
      made(graph.input("p", [rows, columns]), graph.input("r", [columns]))
    }
    let results = try runner.run(Array(tensors[..<3]))
    let product = try plain.run(Array(tensors[..<2]))[0]
    #expect(results[0] == product)
    #expect(try Array(results[1...]) == rest.run([product, tensors[2]]))
  }

  /// Proves: a residual that is an operand of the product as well is not written over while the product reads it, and
  /// one that is no operand may be.
  @Test(arguments: [64, 100], [1, 3])
  func residuals(size: Int, threads: Int) throws {
    let x = try Tensor(
      (0..<size * size).map { Float(($0 * 7919) % 101 - 50) * 0.01 }, shape: [size, size])
    for operand in 0..<3 {
      let fused = try Runner(threads: threads) { graph in
        let h = graph.input("x", [size, size]).tanh()
        let w = graph.input("w", [size, size]).sin()
        let other = graph.input("z", [size, size]).cos()
        // The sum is a temporary as well, so it may lie where the residual lay.
        return [(h.matmul(w) + [h, w, other][operand]).matmul(graph.input("v", [size, size]))]
      }
      let parts = try Runner(threads: threads) { graph in
        let h = graph.input("x", [size, size]).tanh()
        let w = graph.input("w", [size, size]).sin()
        let other = graph.input("z", [size, size]).cos()
        return [h, w, other, h.matmul(w)]
      }
      let made = try parts.run([x, x, x])
      let last = try Runner { graph in
        let sum = graph.input("p", [size, size]) + graph.input("r", [size, size])
        return [sum.matmul(graph.input("v", [size, size]))]
      }
      let wanted = try last.run([made[3], made[operand], x])[0]
      #expect(try fused.run([x, x, x, x])[0] == wanted, "operand \(operand)")
    }
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

  /// Proves: the same where sums wait in memory for the last block of depth and several tasks share the update, against
  /// the gradient and the update apart.
  @Test(arguments: [1, 2])
  func deepUpdates(threads: Int) throws {
    let (m, n, k) = (50, 90, 1300)
    func tensor(_ shape: [Int], _ step: Int) throws -> Tensor {
      let count = shape.reduce(1, *)
      return try Tensor(
        (0..<count).map { Float(($0 * step) % 101 - 50) * 0.01 }, shape: Shape(shape))
    }
    let (x, y) = (try tensor([k, m], 7919), try tensor([k, n], 104_729))
    let (w, v) = (
      parameter("w", try tensor([m, n], 31)), parameter("v", try tensor([m, n], 37))
    )
    let store = try store([w, v])
    func update(_ gradient: Value, _ w: Value, _ v: Value) -> [Value] {
      let velocity = gradient + v * 0.5
      return [velocity, w - velocity * 0.25]
    }
    let runner = try Runner(store: store, threads: threads) { graph in
      let gradient = graph.input("x", [k, m]).transposed().matmul(graph.input("y", [k, n]))
      let made = update(gradient, graph.read(w), graph.read(v))
      graph.assign(v, made[0])
      graph.assign(w, made[1])
      return []
    }
    #expect(kernels(runner) == ["gemm"])
    _ = try runner.run([x, y])
    let product = try Runner { graph in
      [graph.input("x", [k, m]).transposed().matmul(graph.input("y", [k, n]))]
    }
    let rest = try Runner { graph in
      update(graph.input("g", [m, n]), graph.input("w", [m, n]), graph.input("v", [m, n]))
    }
    let wanted = try rest.run([
      product.run([x, y])[0], tensor([m, n], 31), tensor([m, n], 37),
    ])
    #expect(try store.tensor(named: "v") == wanted[0])
    #expect(try store.tensor(named: "w") == wanted[1])
  }

  /// Proves: an update of too many matrices for so shallow a product keeps apart from it, and the product stays where it
  /// was among the calls, so that its operands die early.
  @Test func updatesThatDoNotPay() throws {
    let names = ["a", "b", "c"]
    let parameters = try names.map {
      parameter($0, try float64([Double](repeating: 1, count: 64), [8, 8]))
    }
    let runner = try Runner(store: store(parameters)) { graph in
      let x = graph.input("x", [8, 8], .float64)
      let gradient = x.tanh().matmul(x.sin())
      let values = parameters.map { graph.read($0) }
      graph.assign(parameters[0], values[0] * 0.5 + gradient * gradient)
      graph.assign(parameters[1], values[1] * 0.5 + gradient)
      graph.assign(parameters[2], values[2] - (values[0] + gradient * values[1]).tanh())
      return [x.exp().matmul(x)]
    }
    let found = kernels(runner)
    let product = try #require(found.firstIndex(of: "gemm"))
    #expect(product < found.count - 2)
    #expect(found.filter { $0 == "gemm" }.count == 2)
  }
}
