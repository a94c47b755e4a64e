import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Which kernel calls a graph becomes: fusion, views that copy nothing, updates in place.
@Suite struct LoweringTests {
  /// The kernels of the calls, in order.
  private func kernels(
    _ shape: Shape = [6, 8], _ body: (GraphBuilder, Value) -> [Value]
  ) throws -> [String] {
    try Runner { graph in body(graph, graph.input("x", shape)) }.executable.program.calls
      .map(\.call.kernelName)
  }

  @Test func chainsAreOneCall() throws {
    #expect(try kernels { _, x in [((x * 2).tanh() + x).relu() / 3] } == ["elementwise"])
    // A diamond, with a broadcast operand.
    #expect(
      try kernels { graph, x in
        let y = x + graph.iota([8], axis: 0, .float32).broadcast(to: [6, 8])
        return [y.sin() * y.cos()]
      }.count <= 2)
  }

  @Test func chainsEndAtChangesOfShape() throws {
    #expect(try kernels { _, x in [x.exp().sum(axes: [0]).log()] }.count == 3)
    #expect(try kernels { _, x in [x.exp().transposed() * 2] }.count == 2)
  }

  @Test func resultsInTheMiddleStayInMemory() throws {
    #expect(
      try kernels { _, x in
        let y = x.exp()
        return [y, y.tanh()]
      } == ["elementwise", "elementwise"])
  }

  /// Chains longer than a tile program are cut, and still give the right numbers.
  @Test func longChains() throws {
    let runner = try Runner { graph in
      var x = graph.input("x", [5], .float64)
      for _ in 0..<200 { x = x + 1 }
      return [x]
    }
    #expect((2...10).contains(runner.executable.program.calls.count))
    #expect(try runner.run([float64([1, 2, 3, 4, 5])])[0].doubles == [201, 202, 203, 204, 205])
  }

  /// Many values wanted by one late operation: registers are enough.
  @Test func wideExpressions() throws {
    let runner = try Runner { graph in
      let values = (0..<60).map { graph.input("x\($0)", [3], .float64) }
      return [values.dropFirst().reduce(values[0]) { $0 + $1 * $1 }]
    }
    let result = try runner.run((0..<60).map { try float64([Double($0), 1, 2]) })[0]
    #expect(result.doubles == [70_210, 60, 238])
  }

  /// A bool and a number of another size must not share a register: the result of the cast, or of the
  /// choice, would be written over truth values that are still to be read.
  @Test func registersOfOtherSizes() throws {
    let x = (0..<100).map { Double($0 % 7) - 3 }
    for set in InstructionSet.available {
      let runner = try Runner(instructionSet: set) { graph in
        let x = graph.input("x", [100], .float64)
        let positive = x .> x.like(0)
        let both = select(positive, x, x * 2) + select(positive, x.like(100), x)
        return [
          both, (x .<= x.like(1)).cast(to: .float64) * x,
          (x.cast(to: .float32) * 2).cast(to: .float64),
        ]
      }
      let found = try runner.run([float64(x)]).map(\.doubles)
      #expect(found[0] == x.map { $0 > 0 ? $0 + 100 : 3 * $0 }, "\(set)")
      #expect(found[1] == x.map { $0 <= 1 ? $0 : 0 }, "\(set)")
      #expect(found[2] == x.map { 2 * $0 }, "\(set)")
    }
  }

  @Test func transposesAreFoldedIntoMatmul() throws {
    for which in 0..<4 {
      let found = try kernels([8, 8]) { _, x in
        [(which & 1 == 1 ? x.transposed() : x).matmul(which & 2 == 2 ? x.transposed() : x)]
      }
      #expect(found == ["gemm"])
    }
    // In a batch, and in the gradient of a layer.
    #expect(try kernels([3, 4, 5]) { _, x in [x.matmul(x.matrixTransposed())] } == ["gemm"])
    let layer = try kernels([8, 8]) { graph, x in
      let loss = x.matmul(x).sum()
      return [loss] + graph.gradient(of: loss, withRespectTo: [x])
    }
    #expect(layer.filter { $0 == "gemm" }.count == 3)
  }

  @Test func layoutsAreFree() throws {
    #expect(
      try kernels { _, x in
        [x.reshaped(to: [48]).slice(axis: 0, 8..<40).reshaped(to: [4, 8]).matmul(x.transposed())]
      } == ["gemm"])
  }

  /// SGD of one weight: its update is one call, straight into the state.
  @Test func updatesGoStraightIntoState() throws {
    let weight = parameter("w", try Tensor(zeros: [8, 4]))
    let runner = try Runner(store: store([weight])) { graph in
      let loss = graph.input("x", [6, 8]).matmul(graph.read(weight)).squared().mean()
      let gradient = graph.gradient(of: loss, withRespectTo: [graph.read(weight)])[0]
      graph.assign(weight, graph.read(weight) - gradient * 0.1)
      return [loss]
    }
    let writers = runner.executable.program.calls.filter(\.writesState)
    #expect(writers.count == 1)
    #expect(writers[0].label.contains("subtract"))
  }
}
