import CKernels
import TidemillCompiler
import TidemillGraph

extension TidemillError.Code {
  /// A loss, or another value that must be finite, was NaN or infinite; state is as before the step.
  public static let notFinite = Self("not-finite")
  /// A label or an index was outside of its range; state is as before the step.
  public static let indexOutOfRange = Self("index-out-of-range")
  /// Somebody ended the run; a step has left the state as it was.
  public static let cancelled = Self("cancelled")
  /// The time limit of a run has passed; a step has left the state as it was.
  public static let deadline = Self("deadline")
}

/// One executable with the memory that one session gives it: the address table of its slots.
package final class Binding {
  package let executable: Executable
  private let execution: Execution
  private let pool: Pool
  private var workspaces: Workspaces?
  /// For several steps in one run, once that was asked for.
  private var steps: BoundSteps?
  /// Whether the last run was of several steps.
  private var ranSteps = false
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let store: ParameterStore
  /// Where the workers are on several NUMA nodes.
  private let nodeMemory: NodeMemory?
  private let writesState: Bool
  /// Slots of inputs and outputs, by position; -1 where an input is not used.
  private let inputSlots: [Int]
  private let outputSlots: [Int]
  /// Kept alive while their addresses are in the table.
  private var inputs: [TensorStorage?]
  private var outputs: [Tensor]
  private var states: [TensorStorage] = []

  /// - Parameter workspaces: Shared with the session's other bindings, and must cover the executable's; its
  ///   own if left out.
  package init(
    _ executable: Executable, store: ParameterStore, pool: Pool, workspaces: Workspaces? = nil
  ) throws {
    self.executable = executable
    self.store = store
    self.pool = pool
    self.workspaces = workspaces
    nodeMemory = NodeMemory(executable, on: pool)
    let kinds = executable.slots.kinds
    execution = try Execution(
      executable.tasks, pool: pool, workers: executable.threads, workspaces: workspaces)
    bases = .allocate(capacity: kinds.count)
    bases.initialize(repeating: nil, count: kinds.count)
    writesState = executable.program.calls.contains(where: \.writesState)
    inputSlots = executable.program.inputs.indices.map { position in
      kinds.firstIndex(of: .input(position)) ?? -1
    }
    outputSlots = executable.program.outputTypes.indices.map { position in
      kinds.firstIndex(of: .output(position)) ?? -1
    }
    inputs = Array(repeating: nil, count: inputSlots.count)
    outputs = try executable.program.outputTypes.map { try Tensor(zeros: $0.shape, $0.dtype) }
    for (slot, kind) in kinds.enumerated() {
      switch kind {
      case .state(let key):
        let storage = try store.storage(
          of: key,
          in: nodeMemory.map { memory in { try memory.storage(slot: slot, byteCount: $0) } })
        states.append(storage)
        bases[slot] = storage.bytes.baseAddress
      case .constant(let data):
        bases[slot] = data.tensor.storage.bytes.baseAddress
      case .arena, .input, .output:
        break
      }
    }
  }

  deinit { bases.deallocate() }

  /// Memory that everything in between can be computed in, with each page near to the workers that touch it most.
  package func makeArena() throws -> TensorStorage {
    let bytes = executable.plan.arenaBytes
    return try nodeMemory?.storage(slot: 0, byteCount: bytes) ?? TensorStorage(byteCount: bytes)
  }

  /// Sets the memory that everything in between is computed in; at least `arenaBytes` of it.
  package func bind(arena: TensorStorage) { bases[0] = arena.bytes.baseAddress }

  /// Changes to other workspaces, larger ones for another binding's sake.
  package func use(_ workspaces: Workspaces) {
    self.workspaces = workspaces
    execution.use(workspaces)
    steps?.execution.use(workspaces)
  }

  /// Sets an input; its type is the caller's to check.
  package func bind(input position: Int, to tensor: Tensor) {
    guard inputSlots[position] >= 0 else { return }
    inputs[position] = tensor.storage
    bases[inputSlots[position]] = tensor.storage.bytes.baseAddress
  }

  /// The result of the last run. Its memory is used again by the next run, unless somebody still holds it.
  package func output(_ position: Int) -> Tensor {
    if ranSteps, let steps { return steps.outputs[position] }
    return outputs[position]
  }

  /// A recorder for the tasks of this binding's runs.
  package func makeTrace(eventsPerWorker: Int) -> Trace {
    execution.makeTrace(eventsPerWorker: eventsPerWorker)
  }

  /// Runs one step.
  ///
  /// - Throws: `not-finite` or `index-out-of-range`; then no state has changed.
  package func run(
    seed: UInt64, step: UInt64, limits: RunLimits = .none, trace: Trace? = nil
  ) throws(TidemillError) {
    for position in outputs.indices where outputSlots[position] >= 0 {
      try outputs[position].makeUnique()
      bases[outputSlots[position]] = outputs[position].storage.bytes.baseAddress
    }
    let failure = store.withAccess(writing: writesState) {
      execution.run(bases: bases, seed: seed, step: step, limits: limits, trace: trace)
    }
    for position in inputs.indices { inputs[position] = nil }
    ranSteps = false
    if let failure { throw error(failure) }
  }

  /// Runs several steps.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - slices: For each input whether its tensor has a slice for each step.
  ///   - step: The number of the first.
  /// - Returns: How many steps have changed the state, and why the next one has not.
  /// - Throws: `out-of-memory`, before the first step.
  package func run(
    steps count: Int, slices: [Bool], seed: UInt64, step: UInt64, limits: RunLimits = .none,
    trace: Trace? = nil
  ) throws -> (completed: Int, error: TidemillError?) {
    if steps == nil {
      steps = try BoundSteps(executable, pool: pool, workspaces: workspaces)
    }
    defer { for position in inputs.indices { inputs[position] = nil } }
    guard let steps else { return (0, nil) }
    try steps.prepare(count, executable.program.outputTypes)
    let strides =
      zip(zip(inputSlots, slices), executable.program.inputs).compactMap {
        $0.1 && $0.0 >= 0 ? (slot: $0.0, bytes: $1.type.byteCount) : nil
      }
    steps.fill(
      UnsafeBufferPointer(start: bases, count: executable.slots.kinds.count), strides, outputSlots)
    let failure = store.withAccess(writing: writesState) {
      steps.run(seed: seed, step: step, limits: limits, trace: trace)
    }
    ranSteps = true
    guard let failure else { return (count, nil) }
    return (Int(clamping: failure.step &- step), error(failure))
  }

  private func error(_ failure: RunFailure) -> TidemillError {
    let step = failure.step
    let unchanged = writesState ? " No parameter was changed by this step." : ""
    if failure.code == TM_CANCELLED {
      return TidemillError(.cancelled, "Step \(step): the run was cancelled.\(unchanged)")
    }
    if failure.code == TM_LATE {
      return TidemillError(
        .deadline,
        "Step \(step): the run was not done in time.\(unchanged) Give it more time, or less to do.")
    }
    let call = executable.tasks.calls[failure.call]
    if failure.code == TM_NOT_FINITE {
      return TidemillError(
        .notFinite,
        "Step \(step): \(call.guardName ?? call.label) is not finite. No parameter was changed by this "
          + "step. Lower the learning rate, or look for unusual values in the data.")
    }
    return TidemillError(
      .indexOutOfRange,
      "Step \(step), \(call.label): element \(failure.position) of the indices is \(failure.value), but "
        + "must be in 0 ..< \(failure.limit). No parameter was changed by this step.")
  }
}
