import TidemillCompiler
import TidemillGraph
import TidemillRuntime

extension TidemillError.Code {
  /// A run was given too few or too many inputs, or one of another shape or type.
  public static let input = Self("input")
}

/// What an input of a run can be given as: a tensor, or a number for an input of shape `[]`.
public protocol SessionInput {
  /// The tensor or number that it stands for.
  var inputValue: InputValue { get }
}

/// A tensor or a number, for an input of a run.
public enum InputValue: Sendable {
  /// Bound in place, without a copy.
  case tensor(Tensor)
  /// Rounded to the input's type.
  case number(Double)
  /// Converted to the input's type.
  case integer(Int)
}

extension Tensor: SessionInput {
  /// The tensor.
  public var inputValue: InputValue { .tensor(self) }
}

extension Double: SessionInput {
  /// The number.
  public var inputValue: InputValue { .number(self) }
}

extension Float: SessionInput {
  /// The number.
  public var inputValue: InputValue { .number(Double(self)) }
}

extension Int: SessionInput {
  /// The number.
  public var inputValue: InputValue { .integer(self) }
}

/// The inputs of the next run, checked against what the graph declares.
struct SessionInputs {
  private let declared: [Graph.Input]
  /// Memory for numbers, made once.
  private var numbers: [Tensor?]
  private(set) var tensors: [Tensor?]
  /// Which tensors have a slice for each step.
  private(set) var areSliced: [Bool]
  /// How many steps the next run has, where tensors may have a slice for each.
  var steps: Int?

  init(_ declared: [Graph.Input]) {
    self.declared = declared
    numbers = Array(repeating: nil, count: declared.count)
    tensors = Array(repeating: nil, count: declared.count)
    areSliced = Array(repeating: false, count: declared.count)
  }

  /// The shape of an input in one step; `nil` where none is set.
  func shape(at position: Int) -> Shape? {
    guard let shape = tensors[position]?.shape else { return nil }
    return areSliced[position] ? Shape(Array(shape.dimensions.dropFirst())) : shape
  }

  /// Lets go of the tensors, so that their owners can write to them in place.
  mutating func release() {
    for position in tensors.indices { tensors[position] = nil }
  }

  func checkCount(_ count: Int) throws {
    guard count == declared.count else {
      let names = declared.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
      throw TidemillError(
        .input, "The graph has \(declared.count) inputs (\(names)), but \(count) were given.")
    }
  }

  mutating func set(_ value: InputValue, at position: Int) throws {
    switch value {
    case .tensor(let tensor): try set(tensor, at: position)
    case .number(let number):
      try set(number, Int64(saturating: number), at: position)
    case .integer(let integer):
      try set(Double(integer), Int64(integer), at: position)
    }
  }

  /// Any number of entries along the first axis will do; all else must be as declared.
  private mutating func set(_ tensor: Tensor, at position: Int) throws {
    let input = declared[position]
    let wanted = input.type.shape
    areSliced[position] =
      tensor.shape.rank == wanted.rank + 1 && tensor.shape.dimensions.first == steps
    let found =
      areSliced[position] ? Shape(Array(tensor.shape.dimensions.dropFirst())) : tensor.shape
    guard tensor.dtype == input.type.dtype else {
      throw TidemillError(
        .input, "Input '\(input.name)' is \(input.type), but a tensor of \(tensor.dtype) was given."
      )
    }
    guard wanted.rank == found.rank else {
      throw TidemillError(
        .input,
        "Input '\(input.name)' is \(input.type), with \(wanted.rank) axes, but the tensor given has "
          + "shape \(found)."
          + (steps.map { " A tensor for \($0) steps has one more axis, of \($0), in front." } ?? "")
      )
    }
    for axis in 1..<max(wanted.rank, 1) where wanted.dimensions[axis] != found.dimensions[axis] {
      throw TidemillError(
        .input,
        "Input '\(input.name)', axis \(axis): expected \(wanted.dimensions[axis]), found "
          + "\(found.dimensions[axis]) in a tensor of shape \(found). Only axis 0 may differ.")
    }
    tensors[position] = tensor
  }

  /// A number as floating point and as an integer, of which the input's type takes one.
  private mutating func set(_ number: Double, _ integer: Int64, at position: Int) throws {
    let input = declared[position]
    guard input.type.shape.rank == 0 else {
      throw TidemillError(
        .input, "Input '\(input.name)' is \(input.type), but a single number was given.")
    }
    // Given back first, so that the memory is written in place.
    tensors[position] = nil
    areSliced[position] = false
    var tensor = try numbers[position] ?? Tensor(zeros: .scalar, input.type.dtype)
    numbers[position] = nil
    switch input.type.dtype {
    case .float32: try tensor.withMutableScalars { $0[0] = Float(number) }
    case .float64: try tensor.withMutableScalars { $0[0] = number }
    case .int32: try tensor.withMutableScalars { $0[0] = Int32(clamping: integer) }
    case .int64: try tensor.withMutableScalars { $0[0] = integer }
    case .bfloat16: try tensor.withMutableScalars { $0[0] = BFloat16(number) }
    default: try tensor.withMutableScalars { $0[0] = number != 0 }
    }
    numbers[position] = tensor
    tensors[position] = tensor
  }
}

/// Runs a compiled function, one step at a time: owns the arena, shares the state of a store.
///
/// A session belongs to one thread at a time; many sessions of one function run at once.
public final class Session {
  private let function: CompiledFunction
  private let store: ParameterStore
  private let pool: Pool
  private let seed: UInt64
  private var inputs: SessionInputs
  private var bindings: [(shapes: [Shape], binding: Binding)] = []
  private var current: Binding
  private var arena: TensorStorage
  private var workspaces: Workspaces

  /// How many steps have succeeded: beside the seed what random numbers depend on.
  ///
  /// Set to go on where another session has stopped.
  public var step: UInt64 = 0

  private static let bindingCapacity = 8

  init(_ function: CompiledFunction, store: ParameterStore, seed: UInt64) throws {
    self.function = function
    self.store = store
    self.seed = seed
    pool = try Pool.shared(threads: function.threads)
    inputs = SessionInputs(function.executable.program.inputs)
    arena = try TensorStorage(byteCount: function.executable.plan.arenaBytes)
    workspaces = try Self.workspaces(for: function.executable, pool)
    current = try Binding(
      function.executable, store: store, pool: pool, workspaces: workspaces)
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
    try bind()
    try current.run(seed: seed, step: step, trace: trace)
    step &+= 1
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
    guard 1...Execution.mostLaps ~= steps else {
      throw TidemillError(
        .argument,
        "run: \(steps) steps in one call; give at least 1 and at most \(Execution.mostLaps).")
    }
    defer { inputs.release() }
    try set(repeat each values, steps: steps)
    try bind()
    let outcome = try current.run(
      steps: steps, slices: inputs.areSliced, seed: seed, step: step, trace: trace)
    step &+= UInt64(outcome.completed)
    if let error = outcome.error { throw error }
    return current.output(0)
  }

  private func set<each Input: SessionInput>(_ values: repeat each Input, steps: Int?) throws {
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
        arena = try TensorStorage(byteCount: executable.plan.arenaBytes)
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
