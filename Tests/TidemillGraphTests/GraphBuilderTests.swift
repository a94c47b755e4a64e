import Testing
import TidemillGraph
import TidemillTestSupport

@Suite struct GraphBuilderTests {
  /// Values hold their builder; nothing that it keeps may hold it in turn.
  @Test func isFreed() throws {
    let weight = parameter("w", try float64([1, 2]))
    weak var freed: GraphBuilder?
    do {
      let graph = GraphBuilder()
      freed = graph
      let value = graph.read(weight) * graph.input("x", [2], .float64)
      graph.requireFinite(value, "the product")
      graph.assign(weight, value)
      let same = graph.recordLayer("Same", isActivation: false, [weight], value) { value }
      let built = try graph.graph(outputs: [same, graph.read(weight)])
      #expect(built.assignments.count == 1 && built.guards.count == 1)
      // Read once, however often it is asked for.
      #expect(built.nodes.count { $0.operation.name == "state" } == 1)
    }
    #expect(freed == nil)
  }
}
