import CKernels
import TidemillGraph

/// How much memory an executable and one session of it may use.
public struct MemoryBudget: Hashable, Sendable {
  package let limit: Int?

  /// As much as makes it fastest.
  public static let unlimited = MemoryBudget(limit: nil)

  /// At most so many bytes for state, arena, outputs and workspaces together.
  public static func bytes(_ count: Int) -> MemoryBudget { MemoryBudget(limit: count) }
}

extension TidemillError.Code {
  /// No plan was found that stays within the memory budget; the message names the smallest that works.
  public static let memoryBudget = Self("memory-budget")
}

/// The bytes that a session of an executable uses.
public struct MemoryReport: Hashable, Sendable {
  /// Parameters and optimiser state, shared by the sessions of a store.
  public let stateBytes: Int
  /// Everything that is computed on the way, in one block.
  public let arenaBytes: Int
  /// What comes out.
  public let outputBytes: Int
  /// Scratch memory of the kernels, over all threads.
  public let workspaceBytes: Int
  /// The largest sum of sizes that are needed at one moment: no arena for this order can be smaller.
  public let livePeakBytes: Int
  /// What the values would take without reuse of memory.
  public let unplannedBytes: Int
  /// Calls that run again to save memory.
  public let recomputedCalls: Int

  /// State, arena, outputs and workspaces: what a budget counts.
  public var totalBytes: Int { stateBytes + arenaBytes + outputBytes + workspaceBytes }
}

/// A graph that is ready to run: immutable, shared by any number of sessions at once.
package struct Executable: Sendable {
  package let graph: Graph
  package let program: Program
  package let plan: MemoryPlan
  package let slots: SlotTable
  package let tasks: TaskGraph
  package let threads: Int
  package let memory: MemoryReport

  /// Takes a graph through all stages.
  ///
  /// - Parameters:
  ///   - blocks: For matrix products, by the caches of the machine; no result depends on it.
  ///   - verifies: Whether every stage's result is proven by its verifier; for tests, it is slow.
  /// - Throws: `memory-budget` where no plan fits, naming the smallest budget found.
  package init(
    _ graph: Graph, budget: MemoryBudget = .unlimited, threads: Int,
    instructionSet: InstructionSet, blocks: GemmBlocks = .standard, verifies: Bool = false
  ) throws {
    let simplified = graph.simplified()
    let program = simplified.lowered(blocks: blocks)
    let slots = SlotTable(program)
    // Workspaces and state do not depend on the plan, so what is left of the budget is the arena's.
    let workspaceBytes = (program.calls.map(\.call.workspaceBytes).max() ?? 0) * threads
    let outputBytes = program.outputTypes.reduce(0) { $0 + $1.byteCount }
    let fixed = program.stateBytes + outputBytes + workspaceBytes
    let plan = program.planned(limit: budget.limit.map { max($0 - fixed, 0) })
    if let limit = budget.limit, fixed + plan.arenaBytes > limit {
      throw TidemillError(
        .memoryBudget,
        "The memory budget of \(limit) bytes is too small. The smallest that works is "
          + "\(fixed + plan.arenaBytes) bytes: \(program.stateBytes) for state, \(plan.arenaBytes) for "
          + "the arena, \(outputBytes) for outputs, \(workspaceBytes) for workspaces of \(threads) "
          + "threads. Raise the budget, or lower the batch size or the number of threads.")
    }
    let tasks = plan.tasks(
      of: program, slots: slots, threads: threads, kernels: instructionSet.table.pointee)
    if verifies {
      try graph.verify()
      try simplified.verify()
      try program.verify()
      try plan.verify(program)
      try tasks.verify()
    }
    self.graph = simplified
    self.program = program
    self.plan = plan
    self.slots = slots
    self.tasks = tasks
    self.threads = threads
    memory = MemoryReport(
      stateBytes: program.stateBytes, arenaBytes: plan.arenaBytes, outputBytes: outputBytes,
      workspaceBytes: workspaceBytes, livePeakBytes: plan.livePeak,
      unplannedBytes: Set(program.calls.indices.flatMap(program.temporaries)).reduce(0) {
        $0 + program[$1].byteCount
      },
      recomputedCalls: plan.steps.filter(\.isRecomputation).count)
  }
}
