import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Hundreds of graphs that seeds stand for, through every stage with its verifier, under budgets and
/// thread counts: the same bits everywhere, and the numbers of the naive interpreter.
@Suite struct RandomGraphTests {
  /// Outputs and states after two steps.
  private func run(
    _ random: RandomGraph, budget: MemoryBudget = .unlimited, threads: Int = 1,
    instructionSet: InstructionSet? = nil, steps: Int = 2
  ) throws -> (results: [Tensor], runner: Runner) {
    let store = try random.makeStore()
    let runner = try Runner(
      random.graph, store: store, budget: budget, threads: threads, instructionSet: instructionSet)
    var results: [Tensor] = []
    for _ in 0..<steps { results += try runner.run(random.inputs) }
    return (try results + store.tensors.map(\.tensor), runner)
  }

  private func checkAgainstInterpreter(
    _ random: RandomGraph, _ set: InstructionSet, _ tolerance: Double
  ) throws {
    let expected = try random.interpreted()
    let found = try run(random, instructionSet: set, steps: 1).results.map(\.doubles)
    for (index, numbers) in expected.outputs.enumerated() {
      try compare(found[index], numbers, tolerance, "seed \(random.seed), \(set), output \(index)")
    }
    for (index, parameter) in random.parameters.enumerated() {
      let numbers = try expected.assigned[parameter.name] ?? parameter.initialValue(seed: 0).doubles
      try compare(
        found[expected.outputs.count + index], numbers, tolerance,
        "seed \(random.seed), \(set), \(parameter.name)")
    }
  }

  private func checkBits(_ random: RandomGraph, threadCounts: [Int]) throws -> Int {
    let (free, runner) = try run(random)
    let memory = runner.executable.memory
    var recomputed = 0
    for threads in threadCounts {
      let smallest = try smallestBudget { _ = try run(random, budget: $0, threads: threads) }
      let workspace = memory.workspaceBytes * (threads - 1)
      let half = smallest.map { ($0 + memory.totalBytes + workspace) / 2 }
      for budget in [MemoryBudget.unlimited]
        + [half, smallest].compactMap({ $0.map { .bytes($0) } })
      {
        let (found, runner) = try run(random, budget: budget, threads: threads)
        recomputed += runner.executable.memory.recomputedCalls > 0 ? 1 : 0
        for (index, (one, other)) in zip(free, found).enumerated() where !one.hasSameBits(as: other)
        {
          throw CheckFailure(
            "seed \(random.seed), \(threads) threads, \(budget): result \(index) is \(other), alone \(one)"
          )
        }
      }
    }
    return recomputed
  }

  @Test(arguments: 0..<20) func smallGraphsGiveTheInterpretersNumbers(block: UInt64) throws {
    for seed in block * 20..<block * 20 + 20 {
      let random = try RandomGraph(seed: seed)
      for set in InstructionSet.available { try checkAgainstInterpreter(random, set, 1e-9) }
    }
  }

  @Test(arguments: 0..<5) func float32(block: UInt64) throws {
    for seed in block * 20..<block * 20 + 20 {
      let random = try RandomGraph(seed: 1000 + seed, operations: 4...10, dtype: .float32)
      for set in InstructionSet.available { try checkAgainstInterpreter(random, set, 1e-3) }
    }
  }

  @Test(arguments: 0..<15) func smallGraphsHaveTheSameBits(block: UInt64) throws {
    var recomputed = 0
    for seed in block * 20..<block * 20 + 20 {
      recomputed += try checkBits(RandomGraph(seed: seed), threadCounts: [1, 3])
    }
    #expect(recomputed > 0, "some of twenty graphs recompute something")
  }

  /// Large enough that calls are cut into tasks.
  @Test(arguments: 0..<10) func largeGraphsHaveTheSameBits(block: UInt64) throws {
    for seed in block * 4..<block * 4 + 4 {
      let random = try RandomGraph(
        seed: 5000 + seed, extents: [1, 33, 130, 257, 513], operations: 6...20, largest: 300_000,
        dtype: .float32)
      _ = try checkBits(random, threadCounts: [1, 2, 3, 8])
    }
  }

  /// That the test above is about something: many of its graphs have calls of several tasks.
  @Test func largeGraphsAreCut() throws {
    let cut = try (0..<40).filter { seed in
      let random = try RandomGraph(
        seed: 5000 + UInt64(seed), extents: [1, 33, 130, 257, 513], operations: 6...20,
        largest: 300_000, dtype: .float32)
      let runner = try Runner(
        random.graph, store: random.makeStore(), threads: 8, verifies: false)
      return runner.executable.tasks.calls.contains { $0.taskCount > 1 }
    }
    #expect(cut.count > 15)
  }
}
