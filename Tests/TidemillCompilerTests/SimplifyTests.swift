import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// What is left of a graph: equal nodes once, known numbers computed, neutral elements and dead code gone.
@Suite struct SimplifyTests {
  private func simplified(_ body: (GraphBuilder, Value) -> [Value]) throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.input("x", [3, 4])
    let graph = try builder.graph(outputs: body(builder, x)).simplified()
    try graph.verify()
    return graph
  }

  private func names(_ body: (GraphBuilder, Value) -> [Value]) throws -> [String] {
    try simplified(body).nodes.map(\.operation.name)
  }

  @Test func equalNodesBecomeOne() throws {
    let found = try names { _, x in
      let (a, b) = ((x * 2).tanh(), (x * 2).tanh())
      return [a + b.transposed().transposed()]
    }
    #expect(found == ["input", "fill", "multiply", "tanh", "add"])
  }

  @Test func randomNumbersDoNot() throws {
    let found = try names { graph, _ in [graph.uniform([2]) + graph.uniform([2])] }
    #expect(found == ["uniform", "uniform", "add"])
  }

  @Test func knownNumbersAreComputed() throws {
    let graph = try simplified { graph, _ in
      [(graph.fill(2, [3, 1]) * graph.fill(3, [4]) + 1).exp().log().transposed()]
    }
    #expect(graph.nodes.count == 1)
    let fill = try #require(graph.nodes[0].operation as? Fill)
    #expect(abs(fill.number - 7) < 1e-6)
    #expect(fill.type.shape == [4, 3])
  }

  @Test func neutralElementsDisappear() throws {
    #expect(try names { _, x in [(0 + (x + 0) * 1 - 0) / 1] } == ["input"])
    #expect(try names { _, x in [1 * x.stoppingGradient().cast(to: .float32)] } == ["input"])
    #expect(
      try names { graph, x in [select(graph.fill(1, [3, 4], .bool), x, x * 2)] } == ["input"])
  }

  @Test func layoutsOfLayouts() throws {
    #expect(
      try names { _, x in [x.reshaped(to: [12]).reshaped(to: [2, 6]).reshaped(to: [3, 4])] }
        == ["input"])
    #expect(
      try names { _, x in [x.transposed().transposed(), x.slice([0..<3, 0..<4])] } == ["input"])
    #expect(
      try names { _, x in [x.broadcast(to: [2, 3, 4]).broadcast(to: [5, 2, 3, 4])] }
        == ["input", "broadcast"])
  }

  @Test func deadCodeIsLeftOut() throws {
    let graph = try simplified { _, x in
      _ = x.exp().matmul(x.transposed())
      return [x.tanh()]
    }
    #expect(graph.nodes.map(\.operation.name) == ["input", "tanh"])
    #expect(graph.inputs.count == 1)
  }

  /// What only a guard or an assignment needs stays.
  @Test func effectsStay() throws {
    let weight = parameter("w", try Tensor(zeros: [3, 4]))
    let graph = try simplified { graph, x in
      graph.requireFinite(x.log(), "log")
      graph.assign(weight, x.exp())
      return []
    }
    #expect(Set(graph.nodes.map(\.operation.name)) == ["input", "log", "exp"])
  }

  /// Simplifying again finds nothing more, and never makes a graph larger.
  @Test func isIdempotent() throws {
    for seed in 0..<100 as Range<UInt64> {
      let graph = try RandomGraph(seed: seed).graph
      let once = graph.simplified()
      try once.verify()
      #expect(once.nodes.count <= graph.nodes.count, "seed \(seed)")
      #expect(once.simplified().nodes.count == once.nodes.count, "seed \(seed)")
    }
  }
}
