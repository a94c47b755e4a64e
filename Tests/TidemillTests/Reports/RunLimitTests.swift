import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// What is said of a run, on recordings made by hand.
@Suite struct RunLimitTests {
  private typealias Time = (worker: Int, start: UInt64, end: UInt64)

  /// A profile of tasks in a graph with these edges, each a call that moves 1,000 bytes.
  private func profile(
    _ times: [Time], edges: [(from: Int, to: Int)] = [], workers: Int = 2
  ) -> RunProfile {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let after = times.indices.map { task in
      edges.filter { $0.from == task }.map { UInt32($0.to) }
    }
    let graph = TaskGraph(
      tasks: times.indices.map { task in
        TaskGraph.Task(
          kernel: { _, _ in }, arguments: encoder.store(0), call: task, seconds: 1e-6,
          writesState: false, mayFail: false, reads: [], writes: [])
      },
      calls: times.indices.map { task in
        TaskGraph.Call(
          label: "call \(task)", kernelName: "probe", cost: Cost(flops: 0, bytes: 1000),
          taskCount: 1)
      },
      successorStarts: after.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32($1.count)) },
      successors: after.flatMap(\.self),
      predecessorCounts: times.indices.map { task in
        UInt32(edges.filter { $0.to == task }.count)
      },
      homes: times.indices.map { UInt32($0 % 2) }, workspaceBytes: 0, runsOnCaller: false,
      storage: storage)
    return RunProfile(
      TraceRecording(
        graph: graph, workerNames: (0..<workers).map { "worker \($0)" }, runs: 1,
        events: times.enumerated().map { task, time in
          TraceRecording.Event(
            worker: time.worker, run: 0, task: task, start: time.start, end: time.end)
        }))
  }

  @Test("A chain that takes all of the time is the limit, and more threads do not help")
  func path() {
    let profile = profile(
      [(0, 0, 100), (1, 100, 200), (1, 0, 20)], edges: [(from: 0, to: 1)])
    #expect(profile.criticalPathSeconds == 200e-9)
    #expect(profile.limit().kind == .criticalPath)
    #expect(profile.limit().sentence.contains("take 100 % of the time"))
    #expect(abs(profile.idleShare - 0.45) < 1e-12)
    #expect(profile.overheadSeconds == 0)
  }

  @Test("Workers that are in tasks all the time are limited by the work")
  func work() {
    let two = profile([(0, 0, 100), (1, 0, 98), (0, 100, 200), (1, 98, 200)])
    #expect(two.limit().kind == .work)
    #expect(two.limit().sentence.contains("path takes 51 % of it, so more threads would help"))
    let one = profile([(0, 0, 100), (0, 101, 200)], workers: 1)
    #expect(one.limit().kind == .work)
    #expect(one.stolenTasks == 0)
  }

  @Test("Tasks that lie ready are overhead, and workers with none wait")
  func gaps() {
    let slow = profile([(0, 0, 10), (1, 0, 10), (0, 50, 60), (1, 50, 60)])
    #expect(slow.limit().kind == .overhead)
    #expect(slow.limit().sentence.contains("67 % of the workers' time a task was ready"))
    #expect(slow.limit().sentence.contains("0.01 µs in the mean"))
    #expect(abs(slow.overheadShare - 80.0 / 120) < 1e-12)
    // One worker works, with nothing for three others, and the chain is 60 % of the time.
    let lonely = profile(
      [(0, 0, 60), (0, 60, 100), (1, 90, 100)], edges: [(from: 0, to: 2)], workers: 4)
    #expect(lonely.limit().kind == .idle)
    #expect(lonely.limit().sentence.contains("no task was ready"))
    // Both that are not on the worker of their number's remainder.
    #expect(lonely.stolenTasks == 2 && abs(lonely.stolenSeconds - 50e-9) < 1e-15)
  }

  @Test("Memory is the limit where its bandwidth is known and most of it is used")
  func memory() {
    let profile = profile([(0, 0, 100), (1, 0, 100)])
    // 2,000 bytes in 100 ns are 20 GB/s.
    #expect(profile.limit(memoryBandwidth: 25e9).kind == .memory)
    #expect(
      profile.limit(memoryBandwidth: 25e9).sentence.contains("20.0 GB/s, 80 % of what memory gives")
    )
    #expect(profile.limit(memoryBandwidth: 40e9).kind == .criticalPath)
    #expect(profile.limit().kind == .criticalPath)
  }

  @Test("Nothing recorded has figures and a sentence")
  func nothing() {
    let profile = profile([])
    #expect(profile.utilization == 0 && profile.stolenShare == 0)
    #expect(!profile.limit().sentence.isEmpty)
    #expect(profile.gantt.bars.isEmpty)
  }

  @Test("A picture has a bar for each task of the last run, from its start on")
  func gantt() {
    let bars = profile([(0, 1000, 3000), (1, 2000, 2500)]).gantt.bars
    #expect(bars.map(\.row) == [0, 1])
    #expect(bars.map(\.start) == [0, 1] && bars.map(\.end) == [2, 1.5])
    #expect(bars.map(\.label) == ["call 0", "call 1"])
  }
}
