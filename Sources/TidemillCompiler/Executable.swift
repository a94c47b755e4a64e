import CKernels
import TidemillGraph

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
  ///   - planning: How a plan within a budget is found.
  ///   - machine: Where its workers will be; that many equal ones, if left out. No result depends on it.
  ///   - costs: What work takes there, likewise.
  ///   - blocks: For matrix products, by the caches of the machine; no result depends on it.
  ///   - streaming: Which results are stored past these caches, likewise.
  ///   - barriers: Whether no task of a call starts before all tasks of the calls before it have ended, for comparison.
  ///   - stealing: Whether a task is taken by whoever is free; else it waits for its own worker, likewise.
  ///   - verifies: Whether every stage's result is proven by its verifier; for tests, it is slow.
  /// - Throws: `memory-budget` where no plan fits, naming the smallest budget found; `argument` where the
  ///   budget is no number.
  package init(
    _ graph: Graph, budget: MemoryBudget = .unlimited, planning: Planning = Planning(),
    threads: Int, machine: MachineModel? = nil, costs: CostModel = .standard,
    instructionSet: InstructionSet, blocks: GemmBlocks = .standard,
    streaming: Streaming = .standard, barriers: Bool = false, stealing: Bool = true,
    verifies: Bool = false
  ) throws {
    let simplified = graph.simplified()
    let start = ContinuousClock.now
    let best = try BudgetPlanner(
      simplified, blocks: blocks, streaming: streaming, planning: planning, threads: threads
    ).planned(budget)
    memory = MemoryReport(best, planningSeconds: (ContinuousClock.now - start) / .seconds(1))
    guard best.arena.fits else {
      throw Self.tooSmall(budget, memory, total: best.allowedBytes, threads: threads)
    }
    let (program, plan) = (best.program, best.arena.plan)
    let slots = SlotTable(program)
    let free = plan.tasks(
      of: program, slots: slots, grain: best.candidate.grain,
      machine: machine ?? MachineModel(workers: threads), costs: costs,
      kernels: instructionSet.table.pointee)
    let ordered = barriers ? free.withBarriers() : free
    let tasks = stealing ? ordered : ordered.with(isBound: true)
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
  }

  private static func tooSmall(
    _ budget: MemoryBudget, _ memory: MemoryReport, total: Int, threads: Int
  ) -> TidemillError {
    TidemillError(
      .memoryBudget,
      "The memory budget of \(budget.text(total: total)) is too small. The smallest that works is "
        + "\(memory.totalBytes) bytes: \(memory.stateBytes) for state, \(memory.arenaBytes) for "
        + "the arena, \(memory.outputBytes) for outputs, \(memory.workspaceBytes) for workspaces of "
        + "\(threads) threads. It is the smallest that was found; none below \(memory.floorBytes) "
        + "bytes can work. Raise the budget, or lower the batch size or the number of threads.")
  }
}
