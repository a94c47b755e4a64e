import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Memory is planned for what runs side by side.
@Suite struct ParallelRunsTests {
  /// Whether one call writes what another one touches.
  private func conflict(_ one: Program.Call, _ other: Program.Call) -> Bool {
    func overlaps(_ views: [View], _ others: [View]) -> Bool {
      views.contains { view in
        others.contains {
          $0.buffer == view.buffer && Region($0, base: 0).overlaps(Region(view, base: 0))
        }
      }
    }
    let (a, b) = (one, other)
    return overlaps(a.writes, b.reads + b.writes) || overlaps(a.reads, b.writes)
      || a.call.mayFail && other.writesState
  }

  /// Proves: no call begins before what it waits for has ended, and nobody is idle where something could run: the
  /// schedule takes no longer than the work of each worker and the longest chain together, and no less than the work.
  @Test(arguments: [1, 2, 5]) func callsRunAsSoonAsSomebodyIsFree(threads: Int) throws {
    let workers = 2 * threads
    for seed in 0..<40 as Range<UInt64> {
      let random = try RandomGraph(seed: seed)
      let program = try Runner(random.graph, store: random.makeStore(), verifies: false)
        .executable.program
      let runs = ParallelRuns(
        program, runs: Array(program.calls.indices), program.predecessors(), workers: workers,
        grain: seed % 2 == 0 ? 2e-6 : 10e-6)
      var chain = [Double](repeating: 0, count: program.calls.count)
      for (later, call) in program.calls.enumerated() {
        for earlier in 0..<later where conflict(program.calls[earlier], call) {
          #expect(runs.ends[earlier] <= runs.starts[later], "seed \(seed)")
          chain[later] = max(chain[later], chain[earlier])
        }
        chain[later] += call.cost.seconds
      }
      let work = program.calls.reduce(0) { $0 + $1.cost.seconds } / Double(workers)
      let end = runs.ends.max() ?? 0
      #expect(end <= 1.000001 * (work + (chain.max() ?? 0)), "seed \(seed)")
      #expect(end >= 0.999999 * work, "seed \(seed)")
    }
  }

  /// Proves: branches wait for each other's memory on no machine; with one thread's lives the longest chain is a third
  /// of all work. So many at once take a quarter more memory at the most.
  @Test(arguments: [4, 16, 64]) func branchesDoNotWaitForMemory(threads: Int) throws {
    let graph = try Workload.named("branches").recordedGraph()
    let alone = try Executable(graph, threads: 1, instructionSet: .preferred())
    let executable = try Executable(
      graph, threads: threads, instructionSet: .preferred(), verifies: true)
    let tasks = executable.tasks
    var chain = [Double](repeating: 0, count: tasks.tasks.count)
    for task in tasks.tasks.indices {
      chain[task] += tasks.tasks[task].seconds
      for next in tasks.successors(of: task) { chain[next] = max(chain[next], chain[task]) }
    }
    let work = tasks.tasks.reduce(0) { $0 + $1.seconds }
    #expect((chain.max() ?? 0) < 0.06 * work + work / Double(threads))
    #expect(4 * executable.plan.arenaBytes <= 5 * alone.plan.arenaBytes)
  }

  /// Eight large products, and what becomes of each, written down after all of them.
  private func products(
    _ budget: MemoryBudget, threads: Int
  ) throws -> Runner {
    let builder = GraphBuilder()
    let x = builder.input("x", [64, 64])
    let products = (0..<8).map { (x * Double($0 + 2)).matmul(x.transposed()) }
    let sums = products.map { $0.transposed().tanh().sum() }
    return try Runner(
      builder.graph(outputs: sums), store: store([]), budget: budget, threads: threads)
  }

  /// Proves: where calls that run side by side do not fit into a budget, fewer of them do, or they run one after the other,
  /// before any runs again; with less room they wait for longer, and never with more.
  @Test func fewerSideBySideWhereThatFits() throws {
    let free = try products(.unlimited, threads: 8).executable.memory
    #expect(free.waitingSeconds == 0)
    var overheads: [Double] = []
    for share in [0.99, 0.8, 0.6, 0.4, 0.3] {
      let memory = try products(.fractionOfPeak(share), threads: 8).executable.memory
      #expect(Double(memory.arenaBytes) <= share * Double(free.arenaBytes))
      #expect(memory.recomputedCalls == 0, "\(share)")
      overheads.append(memory.overhead)
      #expect(memory.plannedSeconds >= memory.baseSeconds + memory.waitingSeconds * 0.5)
    }
    #expect(overheads == overheads.sorted() && Set(overheads).count > 2, "\(overheads)")
    #expect(overheads[4] > 0.5)
  }

  /// Proves: calls are put into another order where that saves running them again: four towers whose layers are written down
  /// in turns run half of what they would again in that order. Results have the same bits.
  @Test func anotherOrderBeforeAnythingRunsAgain() throws {
    let graph = try PlanningGraphs.towers(layers: 12)
    let runners = try [MemoryBudget.unlimited, .fractionOfPeak(0.6)].map {
      try Runner(graph, store: store([]), budget: $0)
    }
    // 49 % in the order in which they are written.
    #expect(runners[1].executable.memory.overhead < 0.2)
    let numbers = try (0..<49).map { input in
      let all = (0..<4096).map { index in (index * 31 + input * 7) % 97 }
      return try Tensor(all.map { Float($0) / 970 - 0.05 }, shape: [64, 64])
    }
    let results = try runners.map { try $0.run(numbers) }
    for (one, other) in zip(results[0], results[1]) { #expect(one.hasSameBits(as: other)) }
  }
}
