import Synchronization
import TidemillCompiler
import TidemillGraph
import TidemillRuntime
import TidemillTopology

/// Traces a closure into a graph and makes it ready to run.
///
/// ```swift
/// let scale = try compile { g in g.input("x", [3]) * 2 }
/// print(try scale.session().run(Tensor([1, 2, 3] as [Float])))   // float32[3] [2.0, 4.0, 6.0]
/// ```
///
/// - Parameters:
///   - memoryBudget: What state, arena, outputs and workspaces may take together. Within it, values are
///     dropped and computed again, the fastest way that is found; results have the same bits.
///   - planningTime: A limit for finding that way. Up to two seconds the plan is the same each time, unless
///     the limit cuts the search; more time buys a longer search.
///   - planCache: A folder, made where it is missing, in which plans within a budget are kept, so that the
///     next process does not search. A file there is proven before it is used; one that is damaged or
///     for something else is planned anew, which `MemoryReport.planFile` tells.
///   - threads: Workers of a run, the caller included; if left out, one for each physical core that the
///     process may use. Results have the same bits for any number.
///   - body: Builds the graph. It is called again, with other input shapes, when a session is given a
///     batch of another size.
/// - Throws: `graph` with every mistake in the closure, `memory-budget` where no plan fits, `argument`
///   where `threads` is not positive, `planningTime` is negative or `body` returns no result; what `body`
///   throws.
public func compile(
  memoryBudget: MemoryBudget = .unlimited, planningTime: Duration = .seconds(2),
  planCache: String? = nil, threads: Int? = nil,
  _ body: @escaping @Sendable (GraphBuilder) throws -> Value
) throws -> CompiledFunction {
  try compile(
    memoryBudget: memoryBudget, planningTime: planningTime, planCache: planCache, threads: threads
  ) { [try body($0)] }
}

/// Traces a closure with several results into a graph and makes it ready to run.
///
/// As ``compile(memoryBudget:planningTime:planCache:threads:_:)-(_,_,_,_,(GraphBuilder)->Value)``; a session gives the results
/// by their positions.
public func compile(
  memoryBudget: MemoryBudget = .unlimited, planningTime: Duration = .seconds(2),
  planCache: String? = nil, threads: Int? = nil,
  _ body: @escaping @Sendable (GraphBuilder) throws -> [Value]
) throws -> CompiledFunction {
  guard planningTime >= .zero else {
    throw TidemillError(
      .argument, "compile: planningTime must be 0 or more, but \(planningTime) was given.")
  }
  var options = try CompileOptions(memoryBudget: memoryBudget, threads: threads)
  options.planning = Planning(
    seconds: planningTime / .seconds(1), store: planCache.map { PlanFolder($0) })
  return try CompiledFunction(options, body)
}

/// How closures are compiled.
package struct CompileOptions: Sendable {
  package var memoryBudget: MemoryBudget
  package var planning = Planning()
  package var threads: Int
  package var instructionSet: InstructionSet
  /// Where the workers will be.
  package var machine: MachineModel
  /// What work takes there.
  package var costs = CostModel.standard
  /// For matrix products, by the caches of the machine.
  package var blocks: GemmBlocks
  /// Which results are stored past these caches.
  package var streaming: Streaming
  /// Whether threads meet after each operation, for comparison.
  package var barriers = false
  /// Whether a task is taken by whoever is free; else it waits for its own worker, for comparison.
  package var stealing = true
  /// Whether every stage is proven by its verifier.
  package var verifies: Bool

  /// - Parameter topology: The machine to compile for; this one, if left out.
  package init(
    memoryBudget: MemoryBudget = .unlimited, threads: Int? = nil, topology: Topology? = nil,
    instructionSet: InstructionSet? = nil, verifies: Bool = false
  ) throws {
    let isHere = topology == nil
    let topology = topology ?? Pool.machine
    self.memoryBudget = memoryBudget
    let placement = try topology.placement(threads: threads)
    self.threads = placement.threads
    machine = MachineModel(topology, placement)
    self.instructionSet = try instructionSet ?? .preferred()
    blocks = topology.blocks(for: self.instructionSet)
    streaming = topology.streaming(placement)
    if isHere, placement.threads > 1 { costs = try .here(self.instructionSet) }
    self.verifies = verifies
  }
}

/// A closure that was traced, ready to run: immutable to its users, shared by any number of sessions.
///
/// It holds an executable for the shapes that the closure declares, and makes others when batches of
/// other sizes come, the latest few of which it keeps.
public final class CompiledFunction: Sendable {
  private let body: @Sendable (GraphBuilder) throws -> [Value]
  private let options: CompileOptions
  package let executable: Executable
  private let others = Mutex<[(shapes: [Shape], executable: Executable)]>([])

  private static let cacheCapacity = 8

  package init(
    _ options: CompileOptions, _ body: @escaping @Sendable (GraphBuilder) throws -> [Value]
  ) throws {
    self.options = options
    self.body = body
    executable = try Self.trace(self.body, options, options.planning, shapes: [:])
  }

  private static func trace(
    _ body: (GraphBuilder) throws -> [Value], _ options: CompileOptions, _ planning: Planning,
    shapes: [String: Shape]
  ) throws -> Executable {
    let builder = GraphBuilder(inputShapes: shapes)
    let outputs = try body(builder)
    guard !outputs.isEmpty else {
      throw TidemillError(
        .argument,
        "compile: the closure returned no result; return at least one, as the loss of a step.")
    }
    return try Executable(
      builder.graph(outputs: outputs), budget: options.memoryBudget, planning: planning,
      threads: options.threads, machine: options.machine, costs: options.costs,
      instructionSet: options.instructionSet, blocks: options.blocks,
      streaming: options.streaming, barriers: options.barriers, stealing: options.stealing,
      verifies: options.verifies)
  }

  /// The bytes that a session uses, for the shapes that the closure declares.
  public var memory: MemoryReport { executable.memory }

  /// The number of workers of a run.
  public var threads: Int { executable.threads }

  /// Makes a session that runs on the numbers of a store.
  ///
  /// - Parameters:
  ///   - store: The numbers of the parameters, shared with whoever else uses it.
  ///   - seed: Of the random numbers in the graph.
  /// - Throws: `store` where the graph uses parameters that are not in the store.
  public func session(_ store: ParameterStore, seed: UInt64 = 0) throws -> Session {
    try Session(self, store: store, seed: seed)
  }

  /// Makes a session of a graph without parameters.
  public func session(seed: UInt64 = 0) throws -> Session {
    try Session(self, store: ParameterStore([], seed: 0), seed: seed)
  }

  /// The executable for inputs of given shapes: the declared ones, but for the extents of first axes.
  package func executable(for shapes: [Shape]) throws -> Executable {
    let declared = executable.program.inputs
    if zip(declared, shapes).allSatisfy({ $0.type.shape == $1 }) { return executable }
    let known = others.withLock { others in
      others.first { $0.shapes == shapes }?.executable
    }
    if let known { return known }
    let names = Dictionary(uniqueKeysWithValues: zip(declared.map(\.name), shapes))
    // A session has the arena of the declared shapes anyway.
    var planning = options.planning
    planning.arenaThere = executable.plan.arenaBytes
    let made = try Self.trace(body, options, planning, shapes: names)
    guard made.program.inputs.map(\.name) == declared.map(\.name),
      made.program.inputs.map(\.type.dtype) == declared.map(\.type.dtype),
      made.program.outputTypes.count == executable.program.outputTypes.count
    else {
      throw TidemillError(
        .argument,
        "compile: called again for another batch size, the closure declared other inputs or returned "
          + "another number of results; it must do the same each time.")
    }
    others.withLock { others in
      if others.count == Self.cacheCapacity { others.removeFirst() }
      others.append((shapes, made))
    }
    return made
  }
}
