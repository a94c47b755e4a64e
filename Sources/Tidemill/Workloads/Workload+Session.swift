import TidemillGraph
import TidemillRuntime

extension Workload {
  /// Compiles the training step.
  ///
  /// - Throws: `memory-budget` and `argument`, as `compile` does.
  public func compiled(
    memoryBudget: MemoryBudget = .unlimited, planningTime: Duration = .seconds(2),
    planCache: String? = nil, threads: Int? = nil
  ) throws -> CompiledFunction {
    try compile(
      memoryBudget: memoryBudget, planningTime: planningTime, planCache: planCache,
      threads: threads
    ) { trace($0) }
  }

  /// Compiles the training step as `threads` run it behind barriers, or without; and taking tasks from one another, or not.
  package func compiled(
    threads: Int?, barriers: Bool, stealing: Bool = true
  ) throws -> CompiledFunction {
    var options = try CompileOptions(threads: threads)
    options.barriers = barriers
    options.stealing = stealing
    return try compiled(options)
  }

  package func compiled(_ options: CompileOptions) throws -> CompiledFunction {
    try CompiledFunction(options) { [trace($0)] }
  }

  /// The graph of the training step as it is recorded, before it is simplified.
  ///
  /// - Throws: `graph`, as `compile` does.
  package func recordedGraph() throws -> Graph {
    let builder = GraphBuilder()
    return try builder.graph(outputs: [trace(builder)])
  }

  private func trace(_ graph: GraphBuilder) -> Value {
    let input = graph.input("input", inputShape)
    let output = network(input, .training)
    let loss: Value
    switch target {
    case .classes:
      loss = softmaxCrossEntropy(output, labels: graph.input("labels", [batchSize], .int32))
    case .numbers:
      loss = meanSquaredError(output, graph.input("targets", [batchSize, 1]))
    }
    graph.minimize(
      loss, over: network.trainableParameters, with: SGD(learningRate: 0.001, momentum: 0.9))
    return loss
  }

  /// First numbers for the parameters.
  public func initialize(seed: UInt64) throws -> ParameterStore {
    try network.initialize(seed: seed)
  }

  /// Random samples, uniform in `[0, 1)`, and random targets.
  public func data(seed: UInt64) throws -> (input: Tensor, target: Tensor) {
    var generator = SeededGenerator(seed: seed)
    func uniform() -> Float { Float(generator.next() >> 40) * 0x1p-24 }
    let input = try Tensor((0..<inputShape.count).map { _ in uniform() }, shape: inputShape)
    switch target {
    case .classes(let classes):
      let labels = (0..<batchSize).map { _ in Int32(generator.index(below: classes)) }
      return (input, try Tensor(labels))
    case .numbers:
      return (input, try Tensor((0..<batchSize).map { _ in uniform() }, shape: [batchSize, 1]))
    }
  }
}
