import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// bfloat16: what may be done with it, and what the products of it are.
@Suite struct BFloat16Tests {
  private func half(_ count: Int, _ shape: Shape, seed: UInt64 = 1) throws -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return try Tensor(
      bfloat16: (0..<count).map { _ in Float(generator.uniform(-1...1)) }, shape: shape)
  }

  private func single(_ tensor: Tensor) throws -> Tensor {
    try Tensor(tensor.floats(), shape: tensor.shape)
  }

  // MARK: Tensors

  @Test func tensorsRoundToTheNearest() throws {
    let values: [Float] = [
      1, 1 + 0x1p-8, 1 + 0x3p-8, -1 - 0x1.01p-8, 3.4e38, .infinity, 0x1.1p-133,
    ]
    let tensor = try Tensor(bfloat16: values)
    #expect(tensor.type == TensorType([7], .bfloat16) && tensor.type.byteCount == 14)
    let rounded: [Float] = [1, 1, 1 + 0x1p-6, -1 - 0x1p-7, .infinity, .infinity, 0x1p-133]
    #expect(try tensor.floats() == rounded)
    #expect(tensor.doubles == rounded.map(Double.init))
    #expect(!tensor.isFinite)
    #expect("\(try tensor.slice(0..<2))" == "bfloat16[2] [1.0, 1.0]")
    #expect(try Tensor(bfloat16: [.nan]).floats()[0].isNaN)
    #expect(try Tensor(bfloat16: [0]) == Tensor(bfloat16: [-0]))
    let wrong = try message { _ = try tensor.scalars(as: Float.self) }
    #expect(wrong.contains("The elements are bfloat16, but were asked for as float32."))
    #expect(try message { _ = try Tensor([Int32(1)]).floats() }.contains("int32"))
    #expect(try message { _ = try Tensor(bfloat16: [1, 2], shape: [3]) }.contains("3 elements"))
    #expect(try Tensor([Float(1), 2]).floats() == [1, 2])
  }

  // MARK: Graphs

  /// Inputs, constants, outputs, and whatever moves elements, keep every bit.
  @Test func elementsAreMoved() throws {
    let (x, y) = (try half(60, [3, 4, 5]), try half(15, [3, 1, 5], seed: 2))
    for set in InstructionSet.available {
      let runner = try Runner(instructionSet: set) { graph in
        let a = graph.input("a", [3, 4, 5], .bfloat16)
        let joined = graph.concatenate([a, graph.constant(y)], axis: 1)
        let indices = graph.constant(try Tensor([Int32(2), 0, 2]))
        return [
          a.transposed([2, 0, 1]), joined.slice([0..<3, 1..<5, 0..<5], steps: [2, 1, 2]),
          a.reshaped(to: [12, 5]).transposed().reshaped(to: [60]), a.gather(indices, axis: 0),
          a.padded([(before: 1, after: 0), (before: 0, after: 2), (before: 0, after: 0)]),
          select(a.cast(to: .float32) .> graph.fill(0, a.shape), a, a.like(0.25)),
          graph.constant(y).broadcast(to: [3, 2, 5]),
          a, a.stoppingGradient().cast(to: .bfloat16),
        ]
      }
      let (results, source) = (try runner.run([x]), try x.floats())
      let wide = try Runner(instructionSet: set) { graph in
        let a = graph.input("a", [3, 4, 5])
        let other = graph.constant(try single(y))
        let joined = graph.concatenate([a, other], axis: 1)
        return [
          a.transposed([2, 0, 1]), joined.slice([0..<3, 1..<5, 0..<5], steps: [2, 1, 2]),
          a.reshaped(to: [12, 5]).transposed().reshaped(to: [60]),
          a.gather(graph.constant(try Tensor([Int32(2), 0, 2])), axis: 0),
          a.padded([(before: 1, after: 0), (before: 0, after: 2), (before: 0, after: 0)]),
          select(a .> a.like(0), a, a.like(0.25)), other.broadcast(to: [3, 2, 5]), a, a,
        ]
      }
      let expected = try wide.run([single(x)])
      for (index, (result, expected)) in zip(results, expected).enumerated() {
        #expect(result.type == TensorType(expected.shape, .bfloat16))
        #expect(try result.floats() == expected.floats(), "\(set), result \(index)")
      }
      #expect(try results[7].floats() == source)
    }
  }

  /// A state keeps its bits and is written by what is cast to it.
  @Test func statesAreWritten() throws {
    let start = try half(6, [2, 3])
    let weight = Parameter("weight", start.type) { _ in start }
    let network = try compile { graph in
      let state = graph.read(weight)
      graph.assign(weight, (state.cast(to: .float32) * 3).cast(to: .bfloat16))
      return state.cast(to: .bfloat16)
    }
    let session = try network.session(ParameterStore([("weight", weight)], seed: 0))
    #expect(try session.run().hasSameBits(as: start))
    let tripled = try Tensor(bfloat16: start.floats().map { $0 * 3 }, shape: [2, 3])
    #expect(try session.run().hasSameBits(as: tripled))
  }

  /// To nearest even from float32 and float64, whatever is fused around it.
  @Test func castsRoundOnce() throws {
    var generator = SeededGenerator(seed: 3)
    let numbers = (0..<700).map { _ in generator.uniform(-2...2) }
    for set in InstructionSet.available {
      let runner = try Runner(instructionSet: set) { graph in
        let (x, y) = (graph.input("x", [700]), graph.input("y", [700], .float64))
        return [
          (x + x).cast(to: .bfloat16), y.cast(to: .bfloat16),
          (x * 100).cast(to: .int32).cast(to: .bfloat16),
          y.cast(to: .bfloat16).cast(to: .float64) + y, graph.fill(1.2345, [3], .bfloat16),
          graph.fill(1.2345, [3]).cast(to: .bfloat16),
        ]
      }
      let floats = numbers.map { Float($0) }
      let results = try runner.run([Tensor(floats), Tensor(numbers)])
      #expect(try results[0].hasSameBits(as: Tensor(bfloat16: floats.map { $0 + $0 })))
      // No float lies between a number and its rounding here, but where it is rounded twice.
      #expect(try results[1].floats() == numbers.map { BFloat16($0).float })
      #expect(
        try results[2].hasSameBits(
          as: Tensor(bfloat16: floats.map { ($0 * 100).rounded(.towardZero) })))
      #expect(
        try results[3].scalars(as: Double.self) == numbers.map { Double(BFloat16($0).float) + $0 })
      #expect(results[4].hasSameBits(as: results[5]))
    }
  }

  private static let computing: [(name: String, body: @Sendable (Value) -> Value)] = [
    ("add", { $0 + $0 }), ("multiply", { $0 * 2 }), ("exp", { $0.exp() }), ("sum", { $0.sum() }),
    ("softmax", { $0.softmax() }), ("greater", { $0 .> $0 }), ("max", { $0.max() }),
    ("scatterAdd", { $0.scatterAdded(at: $0.builder.fill(0, [2], .int32), entries: 2) }),
  ]

  @Test(arguments: computing.indices) func arithmeticSaysToCast(index: Int) throws {
    let (name, body) = Self.computing[index]
    let text = try diagnostics { [body($0.input("x", [2, 3], .bfloat16))] }
    #expect(text.contains("\(name): operand 0 is bfloat16"), "\(text)")
    #expect(text.contains("bfloat16 is for storage and matrix products; cast it to float32."))
  }

  @Test func generatorsSayToCast() throws {
    for text in [
      try diagnostics { [$0.uniform([2], .bfloat16)] },
      try diagnostics { [$0.iota([2], axis: 0, .bfloat16)] },
    ] {
      #expect(text.contains("bfloat16[2] is for storage"), "\(text)")
    }
    let mixed = try diagnostics {
      [$0.input("a", [2, 2], .bfloat16).matmul($0.input("b", [2, 2]))]
    }
    #expect(mixed.contains("bfloat16[2, 2] and float32[2, 2]; both must be of one"))
  }

  // MARK: Products

  /// All transposes, strides and batches: the products of the same numbers in float64, within k·2⁻²⁴·(|a||b|).
  @Test(arguments: [0, 1, 2, 3], [1, 2])
  func products(which: Int, threads: Int) throws {
    let (left, right) = (which & 1 == 1, which & 2 == 2)
    for (m, n, k) in [
      (1, 1, 1), (15, 33, 7), (1, 65, 300), (29, 1, 64), (50, 300, 521), (340, 40, 64),
    ] {
      let a = try half(2 * m * k, left ? [2, k, m] : [2, m, k])
      let b = try half(2 * n * k, right ? [2, n, k] : [2, k, n], seed: 2)
      func product(_ graph: GraphBuilder, _ type: DType) -> [Value] {
        let x = graph.input("a", a.shape, .bfloat16).cast(to: type)
        let y = graph.input("b", b.shape, .bfloat16).cast(to: type)
        let (l, r) = (left ? x.matrixTransposed() : x, right ? y.matrixTransposed() : y)
        // A batch of two, one matrix of it, and every second row.
        return [
          l.matmul(r), l.slice(axis: 0, 1..<2).matmul(r.slice(axis: 0, 0..<1)),
          l.slice([0..<2, 0..<m, 0..<k], steps: [1, 2, 1]).matmul(r),
        ]
      }
      let exact = try Runner { product($0, .float64) }.run([a, b])
      let sizes = try Runner { graph in
        let x = graph.input("a", a.shape, .bfloat16).cast(to: .float64).abs()
        let y = graph.input("b", b.shape, .bfloat16).cast(to: .float64).abs()
        let (l, r) = (left ? x.matrixTransposed() : x, right ? y.matrixTransposed() : y)
        return [
          l.matmul(r), l.slice(axis: 0, 1..<2).matmul(r.slice(axis: 0, 0..<1)),
          l.slice([0..<2, 0..<m, 0..<k], steps: [1, 2, 1]).matmul(r),
        ]
      }.run([a, b])
      for set in InstructionSet.available {
        let runner = try Runner(threads: threads, instructionSet: set) { product($0, .bfloat16) }
        for (index, result) in try runner.run([a, b]).enumerated() {
          #expect(result.type == TensorType(exact[index].shape, .float32))
          for ((found, wanted), size) in zip(
            zip(result.doubles, exact[index].doubles), sizes[index].doubles)
          {
            #expect(
              abs(found - wanted) <= Double(k) * 0x1p-24 * size, "\(set) \(m)x\(n)x\(k) \(index)")
          }
        }
      }
    }
  }

  /// The gradients of a loss of products are those in float32, but for bfloat16's 8 bits.
  @Test func gradientsAreThoseOfFloat32() throws {
    let x = try half(24 * 40, [24, 40]), y = try half(40 * 36, [40, 36], seed: 2)
    let w = try half(36 * 24, [36, 24], seed: 3)
    func graph(_ graph: GraphBuilder, _ type: DType) -> [Value] {
      let parameters = [("x", x), ("y", y), ("w", w)].map { graph.input($0.0, $0.1.shape) }
      let half = parameters.map { $0.cast(to: type) }
      // y is used twice, once of them by rows and broadcast: its cotangents are added.
      let hidden = half[0].matmul(half[1]).tanh()
      let again = half[1].slice(axis: 0, 0..<36).matmul(half[1].slice(axis: 0, 4..<40).transposed())
      let loss =
        hidden.cast(to: type).matmul(half[2]).squared().sum() + again.sum()
        + half[1].gather(graph.fill(3, [5], .int32), axis: 0).cast(to: .float32).sum()
      return graph.gradient(of: loss, withRespectTo: parameters)
    }
    let inputs = try [x, y, w].map(single)
    let expected = try Runner { graph($0, .float32) }.run(inputs)
    for set in InstructionSet.available {
      let found = try Runner(instructionSet: set) { graph($0, .bfloat16) }.run(inputs)
      for (found, expected) in zip(found, expected) {
        #expect(found.dtype == .float32)
        let norm = dot(expected.doubles, expected.doubles).squareRoot()
        let difference = zip(found.doubles, expected.doubles).map(-)
        let error = dot(difference, difference).squareRoot() / norm
        // Three roundings on the way, each to 2⁻⁹ at most; the same numbers would mean that nothing was rounded.
        #expect(error < 3 * 0x1p-9 && error > 1e-5, "\(set): \(error)")
      }
    }
  }

  /// A gradient for a bfloat16 value is bfloat16, also where several are added, and where it is repeated.
  @Test func gradientsOfBFloat16Values() throws {
    let runner = try Runner { graph in
      let x = graph.input("x", [1, 3], .bfloat16)
      let wide = x.broadcast(to: [4, 3])
      let loss = wide.cast(to: .float32).sum() + x.cast(to: .float32).squared().sum()
      return graph.gradient(of: loss, withRespectTo: [x])
    }
    let result = try runner.run([Tensor(bfloat16: [1, 0.5, -3], shape: [1, 3])])[0]
    #expect(result.type == TensorType([1, 3], .bfloat16))
    #expect(try result.floats() == [6, 5, -2])
  }

  @Test func guardsSeeIt() throws {
    let function = try compile { graph in
      let x = graph.input("x", [2], .bfloat16)
      graph.requireFinite(x, "x")
      return x
    }
    let session = try function.session()
    #expect(try session.run(Tensor(bfloat16: [1, 2])).floats() == [1, 2])
    #expect(throws: TidemillError.self) { _ = try session.run(Tensor(bfloat16: [1, .nan])) }
  }
}
