import Foundation
import Testing
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

@Suite("Trace") struct TraceTests {
  private func record(
    _ graph: TestGraph, threads: Int, runs: Int = 1, capacity: Int = 4096
  ) throws -> TraceRecording {
    let memory = TestMemory(count: graph.predecessors.count)
    let execution = try Execution(graph.taskGraph(), pool: Pool(threads: threads))
    let trace = execution.makeTrace(eventsPerWorker: capacity)
    for _ in 0..<runs {
      _ = execution.run(bases: memory.bases, seed: 0, step: 0, trace: trace)
    }
    return trace.recording(of: execution.graph)
  }

  /// The verifier, which only sees times, finds nothing wrong with what the executor does.
  @Test("recordings hold", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func recordingsHold(threads: Int) throws {
    for seed in 0..<UInt64(60) {
      let recording = try record(.random(seed: seed), threads: threads, runs: 3)
      #expect(recording.runs == 3)
      #expect(throws: Never.self, "seed \(seed)") { try recording.verify() }
    }
  }

  /// Tasks that a failure leaves out are in the recording, so that it holds too.
  @Test("recordings of failed runs hold", .timeLimit(.minutes(10)))
  func failedRun() throws {
    var graph = TestGraph(predecessors: [[], [0], [0], [1, 2]])
    (graph.fails, graph.writesState) = ([0], [3])
    let recording = try record(graph, threads: 2)
    #expect(recording.events.count == 4)
    try recording.verify()
  }

  /// Each kind of damage to a good recording is found, and told.
  @Test("the verifier finds damage", .timeLimit(.minutes(10)))
  func damage() throws {
    let graph = TestGraph(predecessors: (0..<12).map { $0 == 0 ? [] : [$0 - 1] })
    let good = try record(graph, threads: 1, runs: 2)
    try good.verify()

    func expectBroken(_ words: String, _ change: (inout [TraceRecording.Event]) -> Void) {
      var events = good.events
      change(&events)
      let bad = TraceRecording(
        graph: good.graph, workerNames: good.workerNames + ["another"], runs: good.runs,
        events: events)
      let error = #expect(throws: TidemillError.self) { try bad.verify() }
      #expect(error?.code == .trace)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    expectBroken("task 5 (scope/call1) did not run") { $0.remove(at: 5) }
    expectBroken("task 5 (scope/call1) ran twice") { $0.append($0[5]) }
    expectBroken("no such run") { $0[3].run = 2 }
    expectBroken("no such run, task") { $0[3].task = 12 }
    expectBroken("ends before it starts") { $0[3].end = $0[3].start - 1 }
    expectBroken("task 4 (scope/call1) starts before task 3 (scope/call1) ends") {
      $0[4].worker = 1
      $0[4].start = $0[3].end - 1
    }
    expectBroken("run 1: task 7 (scope/call2) starts before task 6") {
      ($0[18].task, $0[19].task) = ($0[19].task, $0[18].task)
    }

    let apart = TestGraph(predecessors: [[], []]).taskGraph()
    let overlap = TraceRecording(
      graph: apart, workerNames: ["one"], runs: 1,
      events: [
        .init(worker: 0, run: 0, task: 0, start: 10, end: 20),
        .init(worker: 0, run: 0, task: 1, start: 19, end: 30),
      ])
    #expect(throws: TidemillError.self) { try overlap.verify() }
  }

  /// A ring keeps the last events and counts what it lost.
  @Test("full rings drop the oldest", .timeLimit(.minutes(10)))
  func fullRings() throws {
    let graph = TestGraph(predecessors: Array(repeating: [], count: 10))
    let recording = try record(graph, threads: 1, runs: 3, capacity: 16)
    #expect(recording.events.count == 16)
    #expect(recording.dropped == 14)
    #expect(recording.events.last?.task == 9)
    #expect(recording.events.last?.run == 2)
    #expect(throws: TidemillError.self) { try recording.verify() }
  }

  /// A trace can be used again.
  @Test("clear forgets", .timeLimit(.minutes(10)))
  func clear() throws {
    let memory = TestMemory(count: 3)
    let execution = try Execution(
      TestGraph(predecessors: [[], [], []]).taskGraph(), pool: Pool(threads: 2))
    let trace = execution.makeTrace(eventsPerWorker: 3)
    #expect(trace.capacity == 4)
    for _ in 0..<3 {
      trace.clear()
      _ = execution.run(bases: memory.bases, seed: 0, step: 0, trace: trace)
    }
    try trace.recording(of: execution.graph).verify()
    trace.clear()
    #expect(trace.recording(of: execution.graph).events.isEmpty)
  }

  /// What viewers read: valid JSON whatever the labels, a named row for each worker, a bar for each
  /// task.
  @Test("Chrome trace", .timeLimit(.minutes(10)))
  func chromeTrace() throws {
    let label = "layers/0/\"quoted\\\"\n\u{1}é"
    var graph = TestGraph(predecessors: [[], [0], [0], [1, 2]])
    graph.label = { _ in label }
    let recording = try record(graph, threads: 2)
    let json = try JSONSerialization.jsonObject(with: recording.chromeTrace())
    let events = try #require((json as? [String: Any])?["traceEvents"] as? [[String: Any]])
    let rows = events.filter { $0["ph"] as? String == "M" }
    #expect(rows.map { $0["tid"] as? Int } == [0, 1])
    #expect(rows.allSatisfy { $0["name"] as? String == "thread_name" })
    let rowNames = rows.map { ($0["args"] as? [String: Any])?["name"] as? String }
    #expect(rowNames == recording.workerNames)
    let bars = events.filter { $0["ph"] as? String == "X" }
    #expect(bars.count == 4)
    for bar in bars {
      #expect(bar["name"] as? String == label)
      #expect((bar["ts"] as? Double ?? -1) >= 0)
      #expect((bar["dur"] as? Double ?? -1) >= 0)
      let arguments = bar["args"] as? [String: Any]
      #expect(arguments?["kernel"] as? String == "probe")
      #expect(arguments?["call"] as? Int == (arguments?["task"] as? Int).map { $0 / 3 })
    }
  }

  /// The sums of a profile, by hand: two labels, two runs.
  @Test("profile") func profile() throws {
    var graph = TestGraph(predecessors: Array(repeating: [], count: 6))
    graph.label = { $0 == 0 ? "slow" : "fast" }
    let events = (0..<2).flatMap { run in
      (0..<6).map { task in
        let start = UInt64(run * 10_000 + task * 1000)
        let time: UInt64 = task < 3 ? 300 : 100
        return TraceRecording.Event(
          worker: 0, run: run, task: task, start: start, end: start + time)
      }
    }
    let profile = TraceRecording(
      graph: graph.taskGraph(), workerNames: ["one"], runs: 2, events: events
    ).profile()
    #expect(profile.rows.map(\.label) == ["slow", "fast"])
    #expect(profile.rows.map(\.calls) == [2, 2])
    #expect(profile.rows.map(\.tasks) == [6, 6])
    #expect(profile.rows.map(\.nanoseconds) == [1800, 600])
    #expect(profile.rows.map(\.share) == [0.75, 0.25])
    // 1000 flops and 500 bytes a call.
    #expect(abs(profile.rows[0].gflops - 2000.0 / 1800) < 1e-12)
    #expect(abs(profile.rows[1].gigabytesPerSecond - 1000.0 / 600) < 1e-12)
    #expect((profile.runs, profile.nanoseconds, profile.wallNanoseconds) == (2, 2400, 10_200))
  }
}
