import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Two laps of a graph, as one after the other.
@Suite struct CarriedEdgeTests {
  private func tasks(_ seed: UInt64) throws -> TaskGraph {
    let random = try RandomGraph(
      seed: seed, extents: [1, 3, 33, 64, 130], operations: 4...12, largest: 20_000)
    return try Runner(random.graph, store: random.makeStore(), threads: 4).executable.tasks
  }

  private func step(_ name: String, threads: Int) throws -> TaskGraph {
    let graph = try Workload.named(name).recordedGraph()
    return try Executable(graph, threads: threads, instructionSet: .preferred()).tasks
  }

  /// Whether a task of the second lap waits for one of the first, however far away.
  private func waits(_ edge: CarriedEdges.Edge, _ edges: [CarriedEdges.Edge], _ graph: TaskGraph)
    -> Bool
  {
    let count = graph.tasks.count
    var (seen, stack) = (Set([edge.earlier]), [edge.earlier])
    while let task = stack.popLast() {
      if task == edge.later + count { return true }
      var next = graph.successors(of: task % count).map { $0 + task / count * count }
      if task < count { next += edges.filter { $0.earlier == task }.map { $0.later + count } }
      stack += next.filter { seen.insert($0).inserted }
    }
    return false
  }

  /// Everything that has to wait for the lap before does, and every edge is needed for that, unless a longer path
  /// says the same.
  @Test(arguments: 0..<12 as Range<UInt64>) func randomGraphs(seed: UInt64) throws {
    let graph = try tasks(seed + 9000)
    let carried = CarriedEdges(of: graph)
    try carried.verify(graph)
    for index in carried.edges.indices.prefix(40) {
      var edges = carried.edges
      let edge = edges.remove(at: index)
      let isSeen = (try? CarriedEdges(edges: edges).verify(graph)) == nil
      #expect(isSeen != waits(edge, edges, graph), "\(edge)")
    }
  }

  /// Updates and checks included, and with memory of all sizes.
  @Test(arguments: ["tiny", "mlp_digits", "branches", "mlp_deep"], [1, 3])
  func trainingSteps(name: String, threads: Int) throws {
    let graph = try step(name, threads: threads)
    try CarriedEdges(of: graph).verify(graph)
  }

  /// What may fail in a step begins when the step before has written all of its state.
  @Test func guardsWaitForUpdates() throws {
    let graph = try step("tiny", threads: 1)
    let carried = CarriedEdges(of: graph)
    let checks = graph.tasks.indices.filter { graph.tasks[$0].mayFail }
    #expect(!checks.isEmpty)
    let last = try #require(graph.tasks.indices.last { graph.tasks[$0].writesState })
    let broken = CarriedEdges(edges: carried.edges.filter { $0.earlier != last })
    #expect(throws: TidemillError.self) { try broken.verify(graph) }
  }
}
