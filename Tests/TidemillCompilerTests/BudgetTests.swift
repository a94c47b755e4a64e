import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Plans within a budget: never dearer where there is more room, allocated to the byte, with what is known.
@Suite struct BudgetTests {
  /// Twelve layers whose values the backward pass reads again; a shared weight and a loss that is guarded.
  private func deep(layers: Int = 12, _ weight: Parameter? = nil) throws -> Graph {
    let weight = try weight ?? parameter("w", Tensor(zeros: [32, 32]))
    let graph = GraphBuilder()
    var x = graph.input("x", [64, 32])
    let w = graph.read(weight)
    for _ in 0..<layers { x = x.matmul(w).tanh() }
    let loss = x.squared().mean()
    graph.requireFinite(loss, "loss")
    graph.assign(weight, w - graph.gradient(of: loss, withRespectTo: [w])[0])
    return try graph.graph(outputs: [loss])
  }

  private func memory(
    _ graph: Graph, _ budget: MemoryBudget, seconds: Double = 2, threads: Int = 1
  ) throws -> MemoryReport {
    try Executable(
      graph, budget: budget, planning: Planning(seconds: seconds), threads: threads,
      instructionSet: .preferred(), verifies: true
    ).memory
  }

  /// Over 50 budgets from the smallest to the unlimited arena.
  @Test(arguments: [1, 3]) func overheadNeverRisesWithTheBudget(threads: Int) throws {
    var graphs = [try deep()]
    for seed in 0..<UInt64(threads == 1 ? 6 : 3) {
      graphs.append(try RandomGraph(seed: seed).graph)
    }
    func memory(_ graph: Graph, _ budget: MemoryBudget) throws -> MemoryReport {
      try self.memory(graph, budget, threads: threads)
    }
    for (index, graph) in graphs.enumerated() {
      let (free, least) = (try memory(graph, .unlimited), try memory(graph, .smallest))
      var last = Double.infinity
      var overheads: Set<Double> = []
      for step in 0...50 {
        let arena = least.arenaBytes + (free.arenaBytes - least.arenaBytes) * step / 50
        let found = try memory(graph, .bytes(least.totalBytes - least.arenaBytes + arena))
        #expect(found.arenaBytes <= arena)
        #expect(found.overhead <= last, "graph \(index), step \(step)")
        #expect(found.leastSeconds <= found.plannedSeconds, "graph \(index), step \(step)")
        #expect(found.arenaFloorBytes <= found.arenaBytes, "graph \(index), step \(step)")
        last = found.overhead
        overheads.insert(found.overhead)
      }
      #expect(last == 0 && free.plannedSeconds == free.baseSeconds, "graph \(index)")
      if index == 0 { #expect(overheads.count > 5) }
    }
  }

  /// What is written lies within the arena and reaches its end; the report has the same number.
  @Test func arenaIsThePlan() throws {
    let weight = parameter("w", try Tensor(zeros: [32, 32]))
    for budget in [MemoryBudget.unlimited, .fractionOfPeak(0.75), .smallest] {
      let runner = try Runner(deep(layers: 12, weight), store: store([weight]), budget: budget)
      let plan = runner.executable.plan
      let end = plan.values.map { ($0.offset + $0.byteCount + 63) / 64 * 64 }.max()
      #expect(end == plan.arenaBytes)
      #expect(runner.executable.memory.arenaBytes == plan.arenaBytes)
    }
  }

  @Test func fractionsAreOfTheArena() throws {
    let graph = try deep()
    let free = try memory(graph, .unlimited)
    for share in [0.7, 0.8, 0.9] {
      let found = try memory(graph, .fractionOfPeak(share))
      #expect(Double(found.arenaBytes) <= share * Double(free.arenaBytes))
      #expect(found.overhead > 0 && found.overheadBound > 0 && found.gap >= 0)
      #expect(found.recomputations.reduce(0) { $0 + $1.times } == found.recomputedCalls)
      let extra = found.recomputations.reduce(0) { $0 + Double($1.times) * $1.seconds }
      // Each run counts as whole picoseconds.
      let rounding = 1e-12 * Double(1 + found.recomputedCalls)
      #expect(abs(found.plannedSeconds - found.baseSeconds - extra) < rounding)
      #expect(found.recomputations.allSatisfy { $0.bytes > 0 && !$0.label.isEmpty })
    }
    #expect(try memory(graph, .fractionOfPeak(1)).recomputedCalls == 0)
    #expect(try memory(graph, .fractionOfPeak(7)).recomputedCalls == 0)
    for share in [-0.1, .nan] {
      #expect(try message { try memory(graph, .fractionOfPeak(share)) }.contains("from 0 to 1"))
    }
  }

  /// The error names the smallest that was found, which then works, and a floor that is not above it.
  @Test func errors() throws {
    let graph = try deep()
    let least = try memory(graph, .smallest)
    for budget in [MemoryBudget.bytes(least.totalBytes - 1), .bytes(.min), .fractionOfPeak(0)] {
      let text = try message { try memory(graph, budget) }
      #expect(text.contains("The smallest that works is \(least.totalBytes) bytes"))
      #expect(text.contains("none below \(least.floorBytes) bytes can work"))
    }
    #expect(try memory(graph, .bytes(least.totalBytes)).arenaBytes == least.arenaBytes)
    #expect(least.floorBytes <= least.totalBytes)
  }

  /// A search without time still ends with a plan or the error.
  @Test func noTime() throws {
    let graph = try deep()
    let free = try memory(graph, .unlimited)
    #expect(try memory(graph, .bytes(free.totalBytes), seconds: 0).recomputedCalls == 0)
    let text = try message { try memory(graph, .bytes(1), seconds: 0) }
    #expect(text.contains("The smallest that works"))
  }

  /// A time that is no time has a longest search.
  @Test func allTime() {
    #expect([0, 2, 4, 7].map { PlanSearch(seconds: $0).effort } == [1, 1, 2, 3])
    #expect([1e18, .infinity].allSatisfy { PlanSearch(seconds: $0).effort == 1_000_000 })
  }

  /// Small arenas are at most a fiftieth above what is live.
  @Test func unlimitedArenasAreNearThePeak() throws {
    for seed in 0..<60 as Range<UInt64> {
      let memory = try memory(RandomGraph(seed: seed).graph, .unlimited)
      #expect(
        Double(memory.arenaBytes) <= 1.02 * Double(memory.livePeakBytes) + 64, "seed \(seed)")
    }
  }

  /// Where there is little room, products that end in an update are walked in one piece, which is slower and needs no
  /// memory for sums; where there is some, values are computed again instead. Both are told against the fastest program.
  @Test func productsInOnePiece() throws {
    let graph = try PlanningGraphs.updates()
    let blocks = GemmBlocks(depthBytes: 1024, rows: 56, columns: 128)
    func memory(_ budget: MemoryBudget) throws -> MemoryReport {
      try Executable(
        graph, budget: budget, threads: 1, instructionSet: .preferred(), blocks: blocks,
        verifies: true
      ).memory
    }
    let (free, tight) = (try memory(.unlimited), try memory(.smallest))
    let fastest = graph.simplified().lowered(blocks: blocks)
    let least = try fastest.planned(.smallest).plan.arenaBytes
    #expect(tight.arenaBytes < least)
    #expect(try memory(.fractionOfPeak(0.999)).overhead < 0.1)
    for report in [tight, try memory(.fractionOfPeak(0.7))] {
      #expect(report.baseSeconds == free.baseSeconds)
      let again = report.recomputations.reduce(0) { $0 + Double($1.times) * $1.seconds }
      let rounding = 1e-12 * Double(1 + report.recomputedCalls)
      #expect(report.plannedSeconds - report.baseSeconds >= again - rounding)
    }
  }

  /// A weight that is updated in the middle: nothing that reads it runs again later.
  @Test func stateIsReadBeforeItChanges() throws {
    for layers in [3, 8, 20] {
      let least = try memory(deep(layers: layers), .smallest)
      #expect(least.recomputedCalls > 0)
    }
  }

  /// The time for a search is kept to: without any, nothing runs again.
  @Test func noTimeNoSearch() throws {
    let graph = try deep()
    #expect(try memory(graph, .fractionOfPeak(0.75)).recomputedCalls > 0)
    for budget in [MemoryBudget.fractionOfPeak(0.75), .bytes(1)] {
      let text = try message { _ = try memory(graph, budget, seconds: 0) }
      #expect(text.contains("for the arena"))
    }
    let least = try memory(graph, .smallest, seconds: 0)
    #expect(least.recomputedCalls == 0)
  }

  /// An error of a fraction names the bytes that it comes to, all of them.
  @Test func fractionsInErrors() throws {
    let graph = try deep()
    let least = try memory(graph, .smallest)
    let fixed = least.totalBytes - least.arenaBytes
    let text = try message { _ = try memory(graph, .fractionOfPeak(0)) }
    #expect(text.contains("0.0 of the arena, \(fixed) bytes in all,"))
  }
}
