import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// Takes a graph through all stages, each proven by its verifier, and runs it on tensors in an array.
///
/// The arena starts as NaN everywhere, so that what is read before it is written shows. Threads are planned for a machine of
/// slow arithmetic, so that small calls are cut and shared.
package final class Runner {
  package let executable: Executable
  private let binding: Binding
  private let arena: TensorStorage
  private var step: UInt64 = 0

  package init(
    _ graph: Graph, store: ParameterStore? = nil, budget: MemoryBudget = .unlimited,
    threads: Int = 1, instructionSet: InstructionSet? = nil, blocks: GemmBlocks = .standard,
    streaming: Streaming = .standard, verifies: Bool = true
  ) throws {
    executable = try Executable(
      graph, budget: budget, threads: threads, costs: .standard.slowed(by: 30),
      instructionSet: instructionSet ?? .preferred(), blocks: blocks, streaming: streaming,
      verifies: verifies)
    binding = try Binding(
      executable, store: store ?? ParameterStore([], seed: 0), pool: Pool.shared(threads: threads))
    arena = try TensorStorage(byteCount: executable.plan.arenaBytes)
    arena.bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
    binding.bind(arena: arena)
  }

  /// Traces a closure and takes its graph through all stages.
  package convenience init(
    store: ParameterStore? = nil, budget: MemoryBudget = .unlimited, threads: Int = 1,
    instructionSet: InstructionSet? = nil, blocks: GemmBlocks = .standard,
    streaming: Streaming = .standard, _ body: (GraphBuilder) throws -> [Value]
  ) throws {
    let builder = GraphBuilder()
    let outputs = try body(builder)
    try self.init(
      builder.graph(outputs: outputs), store: store, budget: budget, threads: threads,
      instructionSet: instructionSet, blocks: blocks, streaming: streaming)
  }

  /// Runs one step; inputs in the order in which they were declared.
  package func run(_ inputs: [Tensor] = [], seed: UInt64 = 0) throws -> [Tensor] {
    let declared = executable.program.inputs
    guard declared.map(\.type) == inputs.map(\.type) else {
      throw CheckFailure("inputs are \(inputs.map(\.type)), declared \(declared.map(\.type))")
    }
    for (position, tensor) in inputs.enumerated() { binding.bind(input: position, to: tensor) }
    try binding.run(seed: seed, step: step)
    step += 1
    return executable.program.outputTypes.indices.map { binding.output($0) }
  }
}

/// The results of a closure that takes no inputs, in one run.
package func evaluate(
  store: ParameterStore? = nil, _ body: (GraphBuilder) throws -> [Value]
) throws -> [Tensor] {
  try Runner(store: store, body).run()
}

/// The diagnostics of a closure that records mistakes.
package func diagnostics(_ body: (GraphBuilder) throws -> [Value]) throws -> String {
  let builder = GraphBuilder()
  let outputs = try body(builder)
  return try message { try builder.graph(outputs: outputs) }
}

/// The number of bytes that the error of a budget of nothing names as the smallest that works.
package func smallestBudget(_ compile: (MemoryBudget) throws -> Void) throws -> Int? {
  do { try compile(.bytes(0)) } catch let error as TidemillError where error.code == .memoryBudget {
    return error.message.firstMatch(of: /The smallest that works is ([0-9]+) bytes/)
      .flatMap { Int($0.1) }
  }
  return nil
}
