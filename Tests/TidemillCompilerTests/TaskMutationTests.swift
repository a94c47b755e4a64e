import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// The verifier of task graphs sees every edge that is missing.
@Suite struct TaskMutationTests {
  private func tasks(_ seed: UInt64) throws -> TaskGraph {
    let random = try RandomGraph(
      seed: seed, extents: [1, 3, 33, 64, 130], operations: 4...12, largest: 20_000)
    return try Runner(random.graph, store: random.makeStore(), threads: 8).executable.tasks
  }

  private func successors(_ graph: TaskGraph) -> [[Int]] {
    graph.tasks.indices.map { Array(graph.successors(of: $0)) }
  }

  private func without(_ graph: TaskGraph, _ from: Int, _ to: Int) -> TaskGraph {
    var lists = successors(graph)
    lists[from].removeAll { $0 == to }
    var counts = graph.predecessorCounts
    counts[to] -= 1
    return TaskGraph(
      tasks: graph.tasks, calls: graph.calls,
      successorStarts: lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32($1.count)) },
      successors: lists.flatMap { $0.map(UInt32.init) }, predecessorCounts: counts,
      homes: graph.homes, workspaceBytes: graph.workspaceBytes, runsOnCaller: graph.runsOnCaller,
      storage: graph.storage)
  }

  private func reaches(_ lists: [[Int]], _ from: Int, _ to: Int) -> Bool {
    var (seen, stack) = (Set([from]), [from])
    while let task = stack.popLast() {
      if task == to { return true }
      stack += lists[task].filter { seen.insert($0).inserted }
    }
    return false
  }

  /// Every edge is there because of shared bytes or a guard: without it the graph is wrong, unless a longer
  /// path still says the same.
  @Test(arguments: 0..<12 as Range<UInt64>) func droppedEdges(seed: UInt64) throws {
    let graph = try tasks(seed + 9000)
    try graph.verify()
    var generator = seed
    for (from, list) in successors(graph).enumerated() {
      for to in list {
        generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        guard graph.successors.count < 60 || generator >> 33 % 8 == 0 else { continue }
        let broken = without(graph, from, to)
        let stillOrdered = reaches(successors(broken), from, to)
        let text = try? message { try broken.verify() }
        #expect((text != nil) != stillOrdered, "seed \(seed): \(from) to \(to)")
        #expect(text?.contains("The task graph is broken") ?? true)
      }
    }
  }

  /// A counter that does not fit the edges would start a task too early, or never.
  @Test func wrongCounters() throws {
    let graph = try tasks(9001)
    for task in graph.tasks.indices {
      var counts = graph.predecessorCounts
      counts[task] += 1
      let broken = TaskGraph(
        tasks: graph.tasks, calls: graph.calls, successorStarts: graph.successorStarts,
        successors: graph.successors, predecessorCounts: counts,
        homes: graph.homes, workspaceBytes: graph.workspaceBytes, runsOnCaller: graph.runsOnCaller,
        storage: graph.storage)
      #expect(try message { try broken.verify() }.contains("wrong counters"))
    }
  }
}
