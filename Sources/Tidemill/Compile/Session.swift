import CPlatform
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

extension TidemillError.Code {
  /// The session is running in the background.
  public static let busy = Self("busy")
}

/// Runs a compiled function, one step at a time: owns the arena, shares the state of a store.
///
/// A session belongs to one thread at a time; many sessions of one function run at once.
public final class Session {
  private let function: CompiledFunction
  private let store: ParameterStore
  private let pool: Pool
  private let seed: UInt64
  var inputs: SessionInputs
  private var bindings: [(shapes: [Shape], binding: Binding)] = []
  private(set) var current: Binding
  private var arena: TensorStorage
  private var workspaces: Workspaces

  /// How many steps have succeeded: beside the seed what random numbers depend on.
  ///
  /// Set to go on where another session has stopped.
  public var step: UInt64 = 0

  private static let bindingCapacity = 8

  /// - Parameter pool: The shared one, if left out.
  package init(
    _ function: CompiledFunction, store: ParameterStore, seed: UInt64, pool: Pool? = nil
  ) throws {
    self.function = function
    self.store = store
    self.seed = seed
    self.pool = try pool ?? .shared(threads: min(function.threads, Pool.mostUseful()))
    inputs = SessionInputs(function.executable.program.inputs)
    workspaces = try Self.workspaces(for: function.executable, self.pool)
    current = try Binding(
      function.executable, store: store, pool: self.pool, workspaces: workspaces)
    arena = try current.makeArena()
    current.bind(arena: arena)
    bindings = [(function.executable.program.inputs.map(\.type.shape), current)]
  }

  /// Runs one step.
  ///
  /// - Parameter values: Tensors or numbers, in the order in which the closure declared its inputs. The
  ///   first axis may have another extent than declared. Memory is used in place, not copied.
  /// - Returns: The first result. Its memory is used again by the next run once nobody holds it.
  /// - Throws: `input` where an input does not fit; `not-finite` and `index-out-of-range`, after
  ///   which all state is as before the step.
  @discardableResult
  public func run<each Input: SessionInput>(_ values: repeat each Input) throws -> Tensor {
    defer { inputs.release() }
    try set(repeat each values, steps: nil)
    try runStep(cancellation: nil)
    return current.output(0)
  }

  /// Runs many steps in one call.
  ///
  /// The bits are those of as many calls of ``run(_:)``. It takes less time: nothing waits for the end of a step, and the
  /// next step's forward pass begins layer by layer, as soon as the weights are updated.
  ///
  /// - Parameters:
  ///   - steps: How many, from 1 to 1,048,576.
  ///   - values: For each input what ``run(_:)`` takes, the same for all steps; or a tensor with one more axis in front, of
  ///     `steps` entries: a slice for each step.
  /// - Returns: The first result of all steps: one more axis in front. So are ``results``.
  /// - Throws: As ``run(_:)``. A step that fails leaves the state as it was, those before it have changed it, and
  ///   ``step`` is the number of the one that failed.
  @discardableResult
  public func run<each Input: SessionInput>(
    steps: Int, _ values: repeat each Input
  ) throws -> Tensor {
    try Self.check(steps: steps)
    defer { inputs.release() }
    try set(repeat each values, steps: steps)
    try runSteps(steps, cancellation: nil)
    return current.output(0)
  }

  static func check(steps: Int) throws {
    guard 1...Execution.mostLaps ~= steps else {
      throw TidemillError(
        .argument,
        "run: \(steps) steps in one call; give at least 1 and at most \(Execution.mostLaps).")
    }
  }

  /// How urgent runs are, beside those of other sessions on the same pool.
  public var priority = Priority.normal

  /// How long a run may take; `nil` is as long as it needs.
  ///
  /// A run without updates ends between two of its tasks, a training step before it changes anything. Then `deadline` is
  /// thrown.
  public var timeLimit: Duration?

  /// Whether a run goes on in the background.
  var isBusy = false

  private func limits(_ cancellation: Cancellation?) -> RunLimits {
    let late = timeLimit.map { tidemill_nanoseconds() &+ $0.wholeNanoseconds } ?? .max
    return RunLimits(cancellation: cancellation, deadline: late, priority: priority.ofJobs)
  }

  func runStep(cancellation: Cancellation?) throws {
    try bind()
    try current.run(seed: seed, step: step, limits: limits(cancellation), trace: trace)
    step &+= 1
  }

  func runSteps(_ steps: Int, cancellation: Cancellation?) throws {
    try bind()
    let outcome = try current.run(
      steps: steps, slices: inputs.areSliced, seed: seed, step: step, limits: limits(cancellation),
      trace: trace)
    step &+= UInt64(outcome.completed)
    if let error = outcome.error { throw error }
  }

  func set<each Input: SessionInput>(_ values: repeat each Input, steps: Int?) throws {
    guard !isBusy else {
      throw TidemillError(
        .busy, "The session is running in the background; wait for it, or use a session of its own."
      )
    }
    if Task.isCancelled { throw CancellationError() }
    var count = 0
    for _ in repeat each values { count += 1 }
    try inputs.checkCount(count)
    inputs.steps = steps
    var position = 0
    for value in repeat each values {
      try inputs.set(value.inputValue, at: position)
      position += 1
    }
  }

  /// The results of the last run, in the order in which the closure returned them.
  public var results: [Tensor] {
    function.executable.program.outputTypes.indices.map { current.output($0) }
  }

  /// One result of the last run.
  ///
  /// - Parameter position: In the order in which the closure returned them.
  /// - Throws: `argument` where there are fewer.
  public func result(_ position: Int) throws -> Tensor {
    guard function.executable.program.outputTypes.indices.contains(position) else {
      throw TidemillError(
        .argument,
        "There is no result \(position); the closure returned "
          + "\(function.executable.program.outputTypes.count).")
    }
    return current.output(position)
  }

  /// Records the tasks of the next runs; made by ``makeTrace(eventsPerWorker:)``.
  package var trace: Trace?

  /// A recorder for runs of inputs of the shapes last used.
  package func makeTrace(eventsPerWorker: Int) -> Trace {
    current.makeTrace(eventsPerWorker: eventsPerWorker)
  }

  /// The executable of the last run.
  package var executable: Executable { current.executable }

  private func bind() throws {
    if !fits(bindings[0].shapes) { try select() }
    for (position, tensor) in inputs.tensors.enumerated() {
      if let tensor { current.bind(input: position, to: tensor) }
    }
  }

  /// Workspaces that do for an executable: those there are, or new ones that do for both.
  private static func workspaces(
    for executable: Executable, _ pool: Pool, atLeast old: Workspaces? = nil
  ) throws -> Workspaces {
    let workers = Execution.workers(
      for: executable.tasks, pool: pool, atMost: executable.threads)
    let bytes = executable.tasks.workspaceBytes
    if let old, old.cover(workers: workers, byteCount: bytes) { return old }
    return try Workspaces(
      workers: max(workers, old?.workers ?? 0), byteCount: max(bytes, old?.byteCount ?? 0))
  }

  private func fits(_ shapes: [Shape]) -> Bool {
    for position in shapes.indices {
      if let shape = inputs.shape(at: position), shape != shapes[position] { return false }
    }
    return true
  }

  /// Finds or makes the binding for the shapes of the inputs, and puts it first.
  private func select() throws {
    if let index = bindings.firstIndex(where: { fits($0.shapes) }) {
      bindings.swapAt(0, index)
    } else {
      let shapes = inputs.tensors.indices.compactMap(inputs.shape)
      let executable = try function.executable(for: shapes)
      let larger = try Self.workspaces(for: executable, pool, atLeast: workspaces)
      let binding = try Binding(executable, store: store, pool: pool, workspaces: larger)
      if executable.plan.arenaBytes > arena.byteCount {
        arena = try binding.makeArena()
        for known in bindings { known.binding.bind(arena: arena) }
      }
      binding.bind(arena: arena)
      workspaces = larger
      for known in bindings { known.binding.use(larger) }
      if bindings.count == Self.bindingCapacity { bindings.removeLast() }
      bindings.insert((shapes, binding), at: 0)
    }
    current = bindings[0].binding
  }
}
