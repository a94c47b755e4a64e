import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Each number of a report against the plan itself, counted in another way.
@Suite struct MemoryReportTests {
  private func executables() throws -> [Executable] {
    let builder = GraphBuilder()
    let (x, weight) = (builder.input("x", [64, 32]), builder.input("weight", [32, 32]))
    var y = x
    for layer in 0..<12 { y = layer % 3 == 0 ? y.matmul(weight).gelu() : y.matmul(weight).tanh() }
    let gradients = builder.gradient(of: y.squared().mean(), withRespectTo: [weight])
    let deep = try builder.graph(outputs: gradients)
    let random = try (0..<8 as Range<UInt64>).map { try RandomGraph(seed: $0).graph }
    return try ([deep] + random).flatMap { graph in
      try [MemoryBudget.unlimited, .fractionOfPeak(0.75), .smallest].compactMap { budget in
        do {
          return try Executable(graph, budget: budget, threads: 1, instructionSet: .preferred())
        } catch let error as TidemillError where error.code == .memoryBudget { return nil }
      }
    }
  }

  /// Proves: the live peak is the largest number of bytes of the arena that belong to somebody at one step.
  @Test func livePeak() throws {
    for executable in try executables() {
      let plan = executable.plan
      let most = plan.steps.indices.map { step in
        var units: Set<Int> = []
        for value in plan.values where value.lifetime.contains(step) && value.byteCount > 0 {
          units.formUnion(value.offset / 64...(value.offset + value.byteCount - 1) / 64)
        }
        return 64 * units.count
      }.max()
      #expect(executable.memory.livePeakBytes == most ?? 0)
    }
  }

  @Test func sums() throws {
    for executable in try executables() {
      let (memory, program, plan) = (executable.memory, executable.program, executable.plan)
      let buffers = Set(plan.values.map(\.buffer))
      #expect(memory.unplannedBytes == buffers.reduce(0) { $0 + program[$1].byteCount })
      let fixed = memory.stateBytes + memory.outputBytes + memory.workspaceBytes
      #expect(memory.totalBytes == fixed + memory.arenaBytes)
      #expect(memory.floorBytes == fixed + memory.arenaFloorBytes)
      #expect(memory.recomputedCalls == plan.steps.filter(\.isRecomputation).count)
      #expect(memory.recomputedCalls == plan.steps.count - program.calls.count)
      #expect(memory.overheadBound <= memory.overhead)
      #expect(abs(memory.gap - (memory.overhead - memory.overheadBound)) < 1e-12)
    }
  }

  /// Proves: operations that run again are told with their times, costs and results, the most expensive first.
  @Test func recomputations() throws {
    var several = 0
    for executable in try executables() {
      let (memory, program) = (executable.memory, executable.program)
      let costs = memory.recomputations.map { Double($0.times) * $0.seconds }
      #expect(costs == costs.sorted(by: >))
      if Set(costs).count > 1 { several += 1 }
      func text(_ label: String, _ times: Int, _ bytes: Int) -> String {
        "\(label): \(times) times \(bytes)"
      }
      let again = Dictionary(
        grouping: executable.plan.steps.filter(\.isRecomputation), by: \.call)
      let wanted = again.map { index, steps in
        let written = Set(program.calls[index].writes.map(\.buffer)).filter {
          if case .temporary = program[$0].kind { true } else { false }
        }
        let bytes = written.reduce(0) { $0 + program[$1].byteCount }
        return text(program.calls[index].label, steps.count, bytes)
      }
      let found = memory.recomputations.map { text($0.label, $0.times, $0.bytes) }
      #expect(found.sorted() == wanted.sorted())
    }
    #expect(several > 0)
  }
}
