import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// The arena: in place, as small as can be, within the budget.
@Suite struct MemoryTests {
  /// Steps that a guard keeps apart, each in the place of the one before.
  @Test func inPlaceChainTakesOneBuffer() throws {
    let runner = try Runner { graph in
      var value = graph.input("x", [1000]).tanh()
      for step in 0..<6 {
        graph.requireFinite(value, "step \(step)")
        value = (value * 2).tanh()
      }
      return [value.sum()]
    }
    #expect(runner.executable.program.calls.count >= 13)
    #expect(runner.executable.plan.arenaBytes == 4032)
  }

  /// No arena is smaller than what lives at once, nor larger than without reuse.
  @Test func arenaIsNearTheLivePeak() throws {
    var (arena, peak) = (0, 0)
    for seed in 0..<100 as Range<UInt64> {
      let random = try RandomGraph(seed: seed)
      let memory = try Runner(random.graph, store: random.makeStore(), verifies: false)
        .executable.memory
      #expect(memory.arenaBytes >= memory.livePeakBytes, "seed \(seed)")
      arena += memory.arenaBytes
      peak += memory.livePeakBytes
    }
    #expect(Double(arena) < 1.1 * Double(peak))
  }

  /// Forward values of a deep network are needed in the end; a tight budget computes them again.
  private func deep(_ graph: GraphBuilder, _ weight: Parameter) -> [Value] {
    var x = graph.input("x", [64, 32], .float64)
    let w = graph.read(weight)
    for _ in 0..<12 { x = x.matmul(w).tanh() }
    let loss = x.squared().mean()
    let gradient = graph.gradient(of: loss, withRespectTo: [w])[0]
    graph.assign(weight, w - gradient)
    return [loss, gradient]
  }

  @Test(arguments: [1, 3]) func budgets(threads: Int) throws {
    let initial = (0..<1024).map { Double($0 % 37) / 100 - 0.17 }
    let weight = parameter("w", try float64(initial, [32, 32]))
    let input = try float64((0..<2048).map { Double($0 % 53) / 50 - 0.5 }, [64, 32])
    func run(_ budget: MemoryBudget) throws -> (MemoryReport, [Tensor]) {
      let store = try store([weight])
      let runner = try Runner(store: store, budget: budget, threads: threads) { deep($0, weight) }
      let results = try runner.run([input]) + runner.run([input])
      return (runner.executable.memory, try results + [store.tensor(named: "w")])
    }
    let (free, results) = try run(.unlimited)
    #expect(free.recomputedCalls == 0)
    let smallest = try #require(try smallestBudget { _ = try run($0) })
    #expect(free.totalBytes - smallest > free.arenaBytes / 4)
    for bytes in [free.totalBytes, (free.totalBytes + smallest) / 2, smallest] {
      let (memory, found) = try run(.bytes(bytes))
      #expect(memory.totalBytes <= bytes)
      #expect(bytes == free.totalBytes || memory.recomputedCalls > 0)
      #expect(zip(found, results).allSatisfy { $0.hasSameBits(as: $1) }, "\(bytes) bytes")
    }
    for bytes in [smallest - 1, 1, -5] {
      let text = try message { try run(.bytes(bytes)) }
      #expect(text.contains("The memory budget of \(bytes) bytes is too small"))
      #expect(text.contains("The smallest that works is \(smallest) bytes"))
      #expect(text.contains("for the arena") && text.contains("\(threads) threads"))
    }
  }

  /// What the report says is what was asked for.
  @Test func reportAddsUp() throws {
    let weight = parameter("w", try Tensor(zeros: [10, 3]))
    let memory = try Runner(store: store([weight])) { graph in
      let y = graph.input("x", [7, 10]).matmul(graph.read(weight))
      return [y.relu().softmax(), y.sum()]
    }.executable.memory
    #expect(memory.stateBytes == 120)
    #expect(memory.outputBytes == 84 + 4)
    #expect(
      memory.totalBytes
        == memory.stateBytes + memory.arenaBytes + memory.outputBytes + memory.workspaceBytes)
  }
}
