import CKernels
import Testing
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

@Suite("Laps") struct LapTests {
  /// Every task runs once in each lap, in the lap's step, after those it waits for in its lap and in the one before:
  /// the numbers are those of one lap after the other. What tasks read is plain memory, so ThreadSanitizer sees a
  /// missing edge too.
  @Test("laps overlap as the edges let them", .timeLimit(.minutes(10)), arguments: [1, 2, 3, 8])
  func laps(threads: Int) throws {
    let pool = try Pool(threads: threads)
    for seed in 0..<UInt64(rounds(60)) {
      var graph = TestGraph.random(seed: seed)
      graph.kernel = LapProbe.kernel
      let execution = try Execution(
        graph.taskGraph(), carried: graph.carried, pool: pool)
      let memory = TestMemory(count: graph.predecessors.count)
      var laps = 0
      for count in [1, 7, 2, 30] {
        let failure = execution.run(
          laps: count, BaseTables(first: memory.bases, stride: 0), seed: 3, step: UInt64(laps))
        #expect(failure == nil)
        laps += count
      }
      let values = graph.values(afterLaps: laps)
      for (task, record) in memory.records.enumerated() {
        #expect(Int(record.times) == laps && record.broken == 0, "seed \(seed), task \(task)")
        #expect(record.value == values[task], "seed \(seed), task \(task)")
      }
    }
  }

  /// Each lap has its own table of addresses.
  @Test("a table for each lap", .timeLimit(.minutes(10)), arguments: [1, 3])
  func tables(threads: Int) throws {
    var graph = TestGraph(predecessors: [[], [0], [0], [1, 2]])
    graph.kernel = Probe.kernel
    let execution = try Execution(
      graph.taskGraph(), carried: graph.carried, pool: Pool(threads: threads))
    let memories = (0..<9).map { _ in TestMemory(count: 4) }
    let bases = memories.flatMap { [$0.bases[0], $0.bases[1]] }
    bases.withUnsafeBufferPointer { table in
      guard let first = table.baseAddress else { return }
      #expect(
        execution.run(laps: 9, BaseTables(first: first, stride: 2), seed: 1, step: 5) == nil)
    }
    for (lap, memory) in memories.enumerated() {
      #expect(violations(of: graph, in: memory).isEmpty)
      #expect(memory.records.allSatisfy { $0.step == 5 + UInt64(lap) })
    }
  }

  /// A guard fails in one lap: what writes state has run in all laps before and in none from then on.
  @Test("a lap that fails is the last", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func failure(threads: Int) throws {
    var graph = TestGraph(predecessors: Array(repeating: [], count: 12))
    graph.predecessors.append(Array(0..<12))
    graph.predecessors += Array(repeating: [12], count: 8)
    graph.writesState = Set(13..<21)
    graph.fails = [12]
    graph.work = 6
    graph.kernel = LapProbe.kernel
    let execution = try Execution(
      graph.taskGraph(), carried: graph.carried, pool: Pool(threads: threads))
    for _ in 0..<20 {
      let memory = TestMemory(count: 21)
      let failure = try #require(
        execution.run(laps: 11, BaseTables(first: memory.bases, stride: 0), seed: 0, step: 0))
      #expect(failure.step == 6 && failure.position == 12)
      #expect(memory.records[13...].allSatisfy { $0.times == 6 })
    }
  }

  /// A recording has every lap as a run.
  @Test("laps are recorded", .timeLimit(.minutes(10)), arguments: [1, 3])
  func recording(threads: Int) throws {
    var graph = TestGraph.random(seed: 4)
    graph.kernel = LapProbe.kernel
    let tasks = graph.taskGraph()
    let execution = try Execution(tasks, carried: graph.carried, pool: Pool(threads: threads))
    let memory = TestMemory(count: graph.predecessors.count)
    let trace = execution.makeTrace(eventsPerWorker: tasks.tasks.count * 12)
    for laps in [1, 8, 3] {
      _ = execution.run(
        laps: laps, BaseTables(first: memory.bases, stride: 0), seed: 3, step: 0, trace: trace)
    }
    let recording = trace.recording(of: tasks)
    #expect(recording.runs == 12)
    try recording.verify()
  }
}

extension TestGraph {
  /// A task of a lap waits for itself and for those that read it in the lap before.
  fileprivate var carried: CarriedEdges {
    CarriedEdges(
      edges: predecessors.enumerated().flatMap { task, before in
        [CarriedEdges.Edge(earlier: task, later: task)]
          + before.map { CarriedEdges.Edge(earlier: task, later: $0) }
      })
  }

  /// By the definition, one lap after the other.
  fileprivate func values(afterLaps laps: Int) -> [UInt64] {
    var values = [UInt64](repeating: 0, count: predecessors.count)
    for _ in 0..<laps {
      for (task, before) in predecessors.enumerated() {
        values[task] = before.reduce(values[task] &* 3 &+ UInt64(task) + 1) { $0 &+ values[$1] }
      }
    }
    return values
  }
}

/// Adds what its predecessors have in this lap to three times what it had in the last.
private enum LapProbe {
  static let kernel: tm_kernel = { frame, raw in
    guard let frame, let raw, let memory = frame.pointee.bases?[1] else { return }
    let arguments = raw.load(as: Probe.Arguments.self)
    let records = memory.assumingMemoryBound(to: Probe.Record.self)
    let mine = records + arguments.task
    if UInt64(mine.pointee.times) != frame.pointee.step && !arguments.fails {
      mine.pointee.broken += 1
    }
    mine.pointee.times += 1
    var value = mine.pointee.value &* 3 &+ UInt64(arguments.task) + 1
    for index in 0..<arguments.predecessorCount {
      value &+= records[arguments.predecessors[index]].value
    }
    mine.pointee.value = value
    if arguments.fails && frame.pointee.step == UInt64(arguments.work) {
      Probe.fail(frame, arguments)
    }
  }
}
