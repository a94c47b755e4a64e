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
  ///   - verifies: Whether every stage's result is proven by its verifier; for tests, it is slow.
  /// - Throws: `memory-budget` where no plan fits, naming the smallest budget found; `argument` where the
  ///   budget is no number.
  package init(
    _ graph: Graph, budget: MemoryBudget = .unlimited, planning: Planning = Planning(),
    threads: Int, machine: MachineModel? = nil, costs: CostModel = .standard,
    instructionSet: InstructionSet, blocks: GemmBlocks = .standard,
    streaming: Streaming = .standard, verifies: Bool = false
  ) throws {
    let simplified = graph.simplified()
    var program = simplified.lowered(blocks: blocks, streaming: streaming)
    let start = ContinuousClock.now
    var room = try budget.room(beside: Self.fixedBytes(program, threads))
    let planned: PlannedArena
    let file: PlanFileUse
    if let once = try program.plannedOnce(within: room) {
      (planned, file) = (once, .none)
    } else {
      program = simplified.lowered(blocks: blocks, streaming: streaming, savesMemory: true)
      room = try budget.room(beside: Self.fixedBytes(program, threads))
      (planned, file) = try planning.plan(program, room, threads: threads)
    }
    memory = MemoryReport(
      program, planned, outputBytes: Self.outputBytes(program),
      workspaceBytes: Self.workspaceBytes(program, threads),
      planningSeconds: (ContinuousClock.now - start) / .seconds(1), planFile: file)
    let slots = SlotTable(program)
    guard planned.fits else {
      let fixed = Self.fixedBytes(program, threads)
      throw Self.tooSmall(budget, memory, total: fixed + (planned.room ?? 0), threads: threads)
    }
    let plan = planned.plan
    let tasks = plan.tasks(
      of: program, slots: slots, machine: machine ?? MachineModel(workers: threads), costs: costs,
      kernels: instructionSet.table.pointee)
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

  // Workspaces and state do not depend on the plan, so what is left of a budget is the arena's.

  private static func fixedBytes(_ program: Program, _ threads: Int) -> Int {
    program.stateBytes + outputBytes(program) + workspaceBytes(program, threads)
  }

  private static func outputBytes(_ program: Program) -> Int {
    program.outputTypes.reduce(0) { $0 + $1.byteCount }
  }

  private static func workspaceBytes(_ program: Program, _ threads: Int) -> Int {
    (program.calls.map(\.call.workspaceBytes).max() ?? 0) * threads
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
