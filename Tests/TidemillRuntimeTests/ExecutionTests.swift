import CKernels
import Testing
import TidemillCompiler
import TidemillRuntime

@Suite("Execution") struct ExecutionTests {
  /// Every task runs once, after its predecessors, sees what they wrote and has its workspace to
  /// itself: 240 graphs of six shapes, fewer and more threads than cores.
  @Test("random graphs keep all edges", .timeLimit(.minutes(10)), arguments: [1, 2, 3, 8])
  func randomGraphs(threads: Int) throws {
    let pool = try Pool(threads: threads)
    for seed in 0..<UInt64(240) {
      let graph = TestGraph.random(seed: seed)
      let memory = TestMemory(count: graph.predecessors.count)
      let execution = try Execution(graph.taskGraph(), pool: pool)
      #expect(execution.run(bases: memory.bases, seed: 1, step: 0) == nil)
      let found = violations(of: graph, in: memory)
      #expect(found.isEmpty, "seed \(seed), \(threads) threads: \(found.prefix(3))")
    }
  }

  /// Counters, cursor and seats are as new for every run.
  @Test("runs again and again", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func repeatedRuns(threads: Int) throws {
    let graph = TestGraph.random(seed: 4)
    let memory = TestMemory(count: graph.predecessors.count)
    let execution = try Execution(graph.taskGraph(), pool: Pool(threads: threads))
    for run in 1...300 {
      #expect(execution.run(bases: memory.bases, seed: 1, step: UInt64(run)) == nil)
      let found = violations(of: graph, in: memory, times: run)
      #expect(found.isEmpty, "run \(run): \(found.prefix(3))")
    }
  }

  /// Nothing to do is done, and what would not gain from threads stays on the caller's, in order.
  @Test("empty graphs and graphs for the caller", .timeLimit(.minutes(10)))
  func smallGraphs() throws {
    let pool = try Pool(threads: 3)
    let nothing = TestMemory(count: 0)
    let empty = try Execution(TestGraph().taskGraph(), pool: pool)
    #expect(empty.workers == 1)
    #expect(empty.run(bases: nothing.bases, seed: 0, step: 0) == nil)

    var graph = TestGraph(predecessors: Array(repeating: [], count: 40))
    graph.runsOnCaller = true
    let memory = TestMemory(count: 40)
    let alone = try Execution(graph.taskGraph(), pool: pool)
    #expect(alone.workers == 1)
    #expect(alone.run(bases: memory.bases, seed: 0, step: 0) == nil)
    let inOrder: [UInt32] = (0..<40).map { 2 * $0 + 1 }
    #expect(memory.records.map(\.started) == inOrder)
  }

  /// An execution asks for no more workers than it may, or than it has tasks.
  @Test("counts its workers")
  func workers() throws {
    let pool = try Pool(threads: 8)
    let five = TestGraph(predecessors: Array(repeating: [], count: 5)).taskGraph()
    #expect(try Execution(five, pool: pool).workers == 5)
    #expect(try Execution(five, pool: pool, workers: 2).workers == 2)
    #expect(try Execution(five, pool: pool, workers: 2).workspaceBytes == 512)
    #expect(try Execution(five, pool: pool, workers: 0).workers == 1)
    #expect(try Execution(five, pool: Pool(threads: 1)).workers == 1)
  }

  /// Executions that take turns have one set of workspaces, which may be exchanged for larger ones.
  @Test("share workspaces", .timeLimit(.minutes(10)), arguments: [1, 3])
  func sharedWorkspaces(threads: Int) throws {
    let pool = try Pool(threads: threads)
    let workspaces = try Workspaces(workers: threads, byteCount: 256)
    let larger = try Workspaces(workers: threads + 1, byteCount: 512)
    #expect(workspaces.cover(workers: threads, byteCount: 256))
    #expect(!workspaces.cover(workers: threads + 1, byteCount: 256))
    #expect(!workspaces.cover(workers: threads, byteCount: 257))
    let graphs = [TestGraph.random(seed: 1), TestGraph.random(seed: 2)]
    let memories = graphs.map { TestMemory(count: $0.predecessors.count) }
    let executions = try graphs.map {
      try Execution($0.taskGraph(), pool: pool, workspaces: workspaces)
    }
    for round in 1...6 {
      if round == 4 { executions.forEach { $0.use(larger) } }
      for (index, execution) in executions.enumerated() {
        #expect(execution.run(bases: memories[index].bases, seed: 1, step: 0) == nil)
        #expect(violations(of: graphs[index], in: memories[index], times: round).isEmpty)
      }
    }
  }

  /// Fewer workers than the pool has threads: those beyond stay out, and wake for nothing.
  @Test("leaves out workers", .timeLimit(.minutes(10)))
  func fewerWorkers() throws {
    let pool = try Pool(threads: 5)
    for seed in 0..<UInt64(60) {
      let graph = TestGraph.random(seed: seed)
      let memory = TestMemory(count: graph.predecessors.count)
      let execution = try Execution(graph.taskGraph(), pool: pool, workers: 2)
      _ = execution.run(bases: memory.bases, seed: 1, step: 0)
      #expect(violations(of: graph, in: memory).isEmpty, "seed \(seed)")
    }
  }

  /// Kernels get the keys of this run's random numbers, on every worker.
  @Test("passes seed and step", .timeLimit(.minutes(10)))
  func seedAndStep() throws {
    let graph = TestGraph(predecessors: Array(repeating: [], count: 64))
    let memory = TestMemory(count: 64)
    let execution = try Execution(graph.taskGraph(), pool: Pool(threads: 3))
    for step in [UInt64(0), 7, .max] {
      _ = execution.run(bases: memory.bases, seed: step &+ 5, step: step)
      #expect(memory.records.allSatisfy { $0.seed == step &+ 5 && $0.step == step })
    }
  }

  /// A failure leaves out the tasks that write state after it, and only those; the next run is as
  /// if nothing had been.
  @Test("a failure protects state", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func failure(threads: Int) throws {
    // Twenty tasks, of which one fails, then a check after all, then updates after the check.
    var graph = TestGraph(predecessors: Array(repeating: [], count: 20))
    graph.predecessors.append(Array(0..<20))
    graph.predecessors += Array(repeating: [20], count: 10)
    graph.writesState = Set(21..<31)
    graph.fails = [11]
    let pool = try Pool(threads: threads)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    let memory = TestMemory(count: 31)
    for _ in 0..<50 {
      memory.clear()
      let failure = try #require(execution.run(bases: memory.bases, seed: 0, step: 0))
      #expect(failure.code == TM_INDEX_OUT_OF_RANGE)
      #expect((failure.call, failure.position) == (11 / 3, 11))
      #expect((failure.value, failure.limit) == (12, 10))
      let times = memory.records.map(\.times)
      #expect(times == Array(repeating: 1, count: 21) + Array(repeating: 0, count: 10))
    }
    graph.fails = []
    let healthy = try Execution(graph.taskGraph(), pool: pool)
    memory.clear()
    #expect(healthy.run(bases: memory.bases, seed: 0, step: 0) == nil)
    #expect(violations(of: graph, in: memory).isEmpty)
  }

  /// Of several failures in order the first is told; of several at once, one of them, whole.
  @Test("the first failure wins", .timeLimit(.minutes(10)), arguments: [1, 8])
  func firstFailure(threads: Int) throws {
    let pool = try Pool(threads: threads)
    var chain = TestGraph(predecessors: (0..<30).map { $0 == 0 ? [] : [$0 - 1] })
    chain.fails = [9, 10, 29]
    let memory = TestMemory(count: 30)
    let ordered = try Execution(chain.taskGraph(), pool: pool)
    #expect(ordered.run(bases: memory.bases, seed: 0, step: 0)?.position == 9)

    var wide = TestGraph(predecessors: Array(repeating: [], count: 30))
    wide.fails = Set(0..<30)
    let unordered = try Execution(wide.taskGraph(), pool: pool)
    for _ in 0..<50 {
      let failure = try #require(unordered.run(bases: memory.bases, seed: 0, step: 0))
      #expect(failure.call == failure.position / 3)
    }
  }
}
