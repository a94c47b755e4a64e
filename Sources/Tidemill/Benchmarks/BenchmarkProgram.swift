import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// A compiled graph with all its memory, which is run again and again.
///
/// A run is what a session's step is, without the checks of its inputs: the tasks of the graph, on the
/// threads of the engine. Inputs are random and the same in each run; nothing is allocated.
///
/// ```swift
/// let product = try BenchmarkProgram(MatrixProductShape(m: 64, n: 256, k: 784), threads: 2)
/// try product.run(times: 1000)
/// ```
public final class BenchmarkProgram {
  /// How many threads may take part, the caller included.
  public let threads: Int
  private let executable: Executable
  private let execution: Execution
  private let memory: [TensorStorage]
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  /// A product of two matrices of random numbers from -1 to 1.
  ///
  /// - Parameters:
  ///   - shape: Its shape.
  ///   - dtype: float32, float64, or bfloat16, whose product is float32.
  ///   - threads: The caller included; one for each core, if left out.
  /// - Throws: `graph` where the shape is not possible, `argument` where threads are not, `out-of-memory`.
  public convenience init(
    _ shape: MatrixProductShape, dtype: DType = .float32, threads: Int? = nil
  ) throws {
    try self.init(threads: threads, numbers: -1...1) { graph in
      let a = graph.input("a", shape.storedA, dtype)
      let b = graph.input("b", shape.storedB, dtype)
      return (shape.transA ? a.transposed() : a).matmul(shape.transB ? b.transposed() : b)
    }
  }

  /// An operation on matrices of random numbers from 0 to 1.
  ///
  /// - Parameters:
  ///   - operation: Which one.
  ///   - rows: Of the matrices.
  ///   - columns: Of the matrices.
  ///   - threads: The caller included; one for each core, if left out.
  /// - Throws: `graph` where the shape is not possible, `argument` where threads are not, `out-of-memory`.
  public convenience init(
    _ operation: MemoryBoundOperation, rows: Int, columns: Int, threads: Int? = nil
  ) throws {
    try self.init(threads: threads, numbers: 0...1) {
      operation.trace($0, rows: rows, columns: columns)
    }
  }

  private init(
    threads: Int?, numbers: ClosedRange<Double>,
    _ body: @escaping @Sendable (GraphBuilder) -> Value
  ) throws {
    let options = try CompileOptions(threads: threads)
    let executable = try CompiledFunction(options) { [body($0)] }.executable
    self.executable = executable
    self.threads = options.threads
    execution = try Execution(
      executable.tasks, pool: .shared(threads: options.threads), workers: options.threads)
    var generator = SeededGenerator(seed: 1)
    let program = executable.program
    memory = try executable.slots.kinds.map { kind in
      switch kind {
      case .arena: try TensorStorage(byteCount: max(executable.plan.arenaBytes, 1))
      case .input(let position):
        try .random(program.inputs[position].type, in: numbers, &generator)
      case .output(let position):
        try TensorStorage(byteCount: program.outputTypes[position].byteCount)
      case .constant(let data): data.tensor.storage
      case .state(let key): try TensorStorage(byteCount: key.type.byteCount)
      }
    }
    bases = .allocate(capacity: memory.count)
    for (slot, storage) in memory.enumerated() {
      (bases + slot).initialize(to: storage.bytes.baseAddress)
    }
  }

  deinit { bases.deallocate() }

  /// Runs it a number of times.
  ///
  /// - Throws: `internal-inconsistency` where a kernel reports a failure, of which these graphs have none.
  public func run(times: Int = 1) throws {
    for _ in 0..<max(times, 0) {
      if let failure = execution.run(bases: bases, seed: 0, step: 0) {
        throw TidemillError(
          .internalInconsistency, "A benchmark failed at element \(failure.position).")
      }
    }
  }

  /// The first result of the last run.
  package func result() throws -> Tensor {
    let slot = executable.slots.kinds.firstIndex(of: .output(0))
    guard let slot else {
      throw TidemillError(.internalInconsistency, "A benchmark has no output.")
    }
    return Tensor(type: executable.program.outputTypes[0], storage: try memory[slot].copy())
  }

  /// An input.
  package func input(_ position: Int) throws -> Tensor {
    guard let slot = executable.slots.kinds.firstIndex(of: .input(position)) else {
      throw TidemillError(.internalInconsistency, "A benchmark has no input \(position).")
    }
    return Tensor(
      type: executable.program.inputs[position].type, storage: try memory[slot].copy())
  }
}

extension TensorStorage {
  /// Memory of random numbers, floating point.
  fileprivate static func random(
    _ type: TensorType, in range: ClosedRange<Double>, _ generator: inout SeededGenerator
  ) throws -> TensorStorage {
    let storage = try TensorStorage(byteCount: type.byteCount)
    let width = range.upperBound - range.lowerBound
    func next() -> Double {
      range.lowerBound + width * Double(generator.next() >> 40) * 0x1p-24
    }
    if type.dtype == .float64 {
      let numbers = storage.bytes.bindMemory(to: Double.self)
      for index in numbers.indices { numbers[index] = next() }
    } else if type.dtype == .bfloat16 {
      let numbers = storage.bytes.bindMemory(to: BFloat16.self)
      for index in numbers.indices { numbers[index] = BFloat16(next()) }
    } else {
      let numbers = storage.bytes.bindMemory(to: Float.self)
      for index in numbers.indices { numbers[index] = Float(next()) }
    }
    return storage
  }
}
