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
    let (a, b) = (one.call, other.call)
    return overlaps(a.writes, b.reads + b.writes) || overlaps(a.reads, b.writes)
      || a.mayFail && other.writesState
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
        program, program.predecessors(), threads: threads, grain: seed % 2 == 0 ? 2e-6 : 10e-6)
      var chain = [Double](repeating: 0, count: program.calls.count)
      for (later, call) in program.calls.enumerated() {
        for earlier in 0..<later where conflict(program.calls[earlier], call) {
          #expect(runs.ends[earlier] <= runs.starts[later], "seed \(seed)")
          chain[later] = max(chain[later], chain[earlier])
        }
        chain[later] += call.call.cost.seconds
      }
      let work = program.calls.reduce(0) { $0 + $1.call.cost.seconds } / Double(workers)
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

  /// Proves: where calls that run side by side do not fit into a budget, they run one after the other before any runs again.
  @Test func oneAfterTheOtherWhereThatFits() throws {
    func executable(_ budget: MemoryBudget) throws -> Executable {
      let builder = GraphBuilder()
      let x = builder.input("x", [4000])
      let sums = (0..<8).map { index in
        (x * Double(index + 2)).reshaped(to: [40, 100]).transposed().tanh().sum()
      }
      return try Executable(
        builder.graph(outputs: sums), budget: budget, threads: 4, instructionSet: .preferred(),
        verifies: true)
    }
    let free = try executable(.unlimited)
    let tight = try executable(.bytes(free.memory.totalBytes - 64))
    #expect(tight.memory.totalBytes < free.memory.totalBytes)
    #expect(tight.memory.recomputedCalls == 0)
  }
}
