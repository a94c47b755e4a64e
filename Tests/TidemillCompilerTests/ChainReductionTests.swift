import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Reductions that are computed in the pass of the elementwise chain before them.
@Suite struct ChainReductionTests {
  private func program(_ shape: Shape, _ body: (GraphBuilder, Value) -> [Value]) throws -> Program {
    try Runner { graph in body(graph, graph.input("x", shape)) }.executable.program
  }

  private func kernels(
    _ shape: Shape = [6, 8], _ body: (GraphBuilder, Value) -> [Value]
  ) throws -> [String] {
    try program(shape, body).calls.map(\.call.kernelName)
  }

  @Test func oneCall() throws {
    #expect(try kernels { _, x in [x.exp().sum(axes: [1])] } == ["elementwise"])
    #expect(try kernels { _, x in [x.exp().sum()] } == ["elementwise"])
    #expect(try kernels { _, x in [(x * x.tanh()).max(axes: [1])] } == ["elementwise"])
    #expect(try kernels { _, x in [x.squared().min()] } == ["elementwise"])
    // The norm and the mean go on with the scalar.
    #expect(
      try kernels { _, x in [(x - 1).squared().mean().sqrt()] } == ["elementwise", "elementwise"])
    // A long one in parts, which a second call adds.
    #expect(try kernels([1 << 15]) { _, x in [x.exp().sum()] } == ["elementwise", "reduce"])
  }

  @Test func callsOfTheirOwn() throws {
    // Of memory that is there, over the first axis, over an axis of one element, and of a chain's transpose.
    #expect(try kernels { _, x in [x.sum()] } == ["reduce"])
    #expect(try kernels { _, x in [x.exp().sum(axes: [0])] } == ["elementwise", "reduce"])
    #expect(try kernels([5, 1]) { _, x in [x.exp().sum(axes: [1])] }.count == 2)
    #expect(
      try kernels { _, x in [x.exp().transposed().sum(axes: [1])] }.contains("reduce"))
    // The second of two.
    #expect(
      try kernels { _, x in
        let y = x.exp()
        return [y.sum(), y.max()]
      } == ["elementwise", "reduce"])
  }

  /// The chain's value goes to memory only where it is needed there.
  @Test func valuesInBetween() throws {
    func buffers(_ body: (GraphBuilder, Value) -> [Value]) throws -> [Int] {
      try program([600, 900], body).buffers.filter { $0.kind == .temporary }.map(\.byteCount)
    }
    #expect(try buffers { _, x in [x.exp().sum(axes: [1])] } == [])
    #expect(try buffers { _, x in [x.exp().sum()] } == [65 * 4])  // 64 parts, and 32 elements
    let both = try buffers { _, x in
      let y = x.exp()
      return [y / y.sum(axes: [1], keepingAxes: true)]
    }
    #expect(both.sorted() == [600 * 4, 600 * 900 * 4])
    // Neither its bytes nor those of the sum are lost where they are results.
    let found = try numbers([float64([1, 2, 3, 4], [2, 2])]) { _, v in
      let y = v[0] * 2
      return [y, y.sum(axes: [1]), y.sum()]
    }
    #expect(found == [[2, 4, 6, 8], [6, 14], [20]])
  }

  /// A call that writes little moves few bytes.
  @Test func bytes() throws {
    func bytes(_ body: (GraphBuilder, Value) -> [Value]) throws -> Double {
      try program([600, 900], body).calls.reduce(0) { $0 + $1.cost.bytes }
    }
    let elements = 600 * 900.0
    let alone = try bytes { _, x in [x.exp().sum(axes: [1])] }
    #expect(alone == 4 * (elements + 600))
    // By way of memory: one write and one read more.
    let apart = try bytes { _, x in [x.exp().reshaped(to: [600, 900, 1]).sum(axes: [1, 2])] }
    #expect(apart == 4 * (3 * elements + 600))
  }

  /// Rows and columns: short and long rows, around blocks, in parts, with a last part that is shorter.
  static let shapes: [[Int]] = [
    [3, 2], [5, 7], [70, 3], [4, 127], [3, 128], [2, 511], [5, 512], [3, 513], [7, 1000],
    [2, 1536],
    [1, 40_000], [1, 32_771], [3, 32_768], [300, 250], [1, 70_001],
  ]

  /// Bit for bit the sum of the chain's value in memory, for any threads, on each instruction set, with strided and
  /// broadcast operands, in place and beside the value itself.
  @Test(arguments: shapes) func sameBitsAsApart(shape: [Int]) throws {
    let (rows, columns) = (shape[0], shape[1])
    var generator = SeededGenerator(seed: UInt64(rows * columns))
    func draw(_ shape: Shape, _ dtype: DType) throws -> Tensor {
      let numbers = (0..<shape.count).map { _ in Double(Float(generator.uniform(-2...2))) }
      return try Tensor(
        numbers: dtype.isInteger ? numbers.map { ($0 * 1000).rounded() } : numbers, shape: shape,
        dtype)
    }
    for dtype in [DType.float32, .float64, .int32, .int64] {
      let tensors = try [
        draw([rows, columns], dtype), draw([columns, rows], dtype), draw([columns], dtype),
      ]
      for set in InstructionSet.available {
        var first: [Tensor]?
        for threads in [1, 2, 3, 8] {
          let runner = try Runner(threads: threads, instructionSet: set) { graph in
            let x = tensors.enumerated().map {
              graph.input("x\($0.offset)", $0.element.shape, dtype)
            }
            let chain = x[0] * x[1].transposed() + x[2]
            let squares = (x[0] + 1) * (x[0] + 1)
            let all = rows == 1 ? [0, 1] : [1]
            // Through another shape a chain's value goes to memory.
            let apart = chain.reshaped(to: [rows, 1, columns, 1])
            let sums = apart.sum(axes: rows == 1 ? nil : [2, 3])
            return [
              chain.sum(axes: all).reshaped(to: sums.shape), sums,
              squares.max(axes: all),
              squares.reshaped(to: [rows, columns, 1])
                .max(axes: all + [2]), squares,
            ]
          }
          let found = try runner.run(tensors)
          let place = "\(rows)x\(columns), \(dtype), \(set), \(threads) threads"
          #expect(found[0].hasSameBits(as: found[1]), "\(place): sum")
          #expect(found[2].hasSameBits(as: found[3]), "\(place): max")
          for (one, other) in zip(first ?? found, found) {
            #expect(one.hasSameBits(as: other), "\(place)")
          }
          first = first ?? found
        }
      }
    }
  }

  /// A single long reduction is shared out, whatever its number of elements.
  @Test(arguments: [1 << 20, 1_000_003]) func manyTasks(count: Int) throws {
    let runner = try Runner(threads: 2) { graph in [graph.input("x", [count]).exp().sum()] }
    #expect(runner.executable.tasks.calls.map(\.taskCount) == [2, 1])
    let apart = try Runner(threads: 2) { graph in [graph.input("x", [count]).sum()] }
    #expect(apart.executable.tasks.calls.first?.taskCount == 2)
  }
}
