import Foundation
import Testing
import TidemillCompiler
import TidemillRuntime

/// Figures of recordings, against numbers worked out by hand and against naive recomputation.
@Suite("Figures of a recording") struct RecordingFigureTests {
  /// Task 0, then 1 and 2, then 3; with 4 beside them:
  ///
  ///     worker 0: 0 from 10 to 20, 1 from 22 to 30, 3 from 45 to 50
  ///     worker 1: 4 from 12 to 15, 2 from 25 to 40
  private var recording: TraceRecording {
    var graph = TestGraph(predecessors: [[], [0], [0], [1, 2], []])
    graph.home = { [0, 0, 1, 1, 0][$0] }
    return graph.recording(
      [[(0, 10, 20), (0, 22, 30), (1, 25, 40), (0, 45, 50), (1, 12, 15)]], workers: 2)
  }

  @Test("The critical path is the longest chain of times, whatever waited between")
  func criticalPath() {
    // 10 of task 0, 15 of task 2, 5 of task 3.
    let path = recording.criticalPath()
    #expect(path.nanoseconds == 30)
    #expect(path.tasks == [0, 2, 3])
  }

  @Test("Time outside of tasks is overhead where a task was ready, and idle where none was")
  func workerTime() {
    // Worker 1 could start 4 at 10: 2 of overhead. It has nothing from 15 to 20: 5 of idle.
    // Both are free from 20 to 22, and 1 and 2 are ready: 4. Then worker 1 to 25: 3.
    // Worker 0 has nothing from 30 to 40: 10. Then 3 is ready to 45: 5, and nothing for the other: 5.
    // Worker 1 has nothing from 45 to 50: 5.
    let time = recording.workerTime()
    #expect(time.busy == 41)
    #expect(time.overhead == 14)
    #expect(time.idle == 25)
    #expect(time.busy + time.overhead + time.idle == 2 * 40)
  }

  @Test("Tasks away from home are counted, with their time")
  func stolen() {
    // 3 is at home on worker 1, and 4 on worker 0.
    #expect(recording.stolenTasks().count == 2)
    #expect(recording.stolenTasks().nanoseconds == 8)
  }

  @Test("Ready tasks go up where the last predecessor ends, and down where a task starts")
  func readyTasks() {
    let samples = recording.readyTasks().map { [Int($0.time), $0.value] }
    #expect(samples == [[10, 1], [12, 0], [20, 2], [22, 1], [25, 0], [40, 1], [45, 0]])
  }

  @Test("Bytes are in use from the first task of their calls to the last, and shared ones once")
  func arena() {
    var graph = TestGraph(predecessors: [[], [0], [1]])
    graph.tasksPerCall = 1
    let recording = graph.recording([[(0, 0, 10), (0, 20, 30), (0, 40, 50)]], workers: 1)
    let values = [
      ArenaValue(offset: 0, byteCount: 64, calls: [0, 1]),
      // Takes the place of half of the first, and 64 bytes more.
      ArenaValue(offset: 32, byteCount: 96, calls: [1, 2]),
      ArenaValue(offset: 128, byteCount: 10, calls: [0]),
      ArenaValue(offset: 0, byteCount: 8, calls: [7]),
      ArenaValue(offset: 0, byteCount: 8, calls: []),
    ]
    let samples = recording.arenaInUse(values).map { [Int($0.time), $0.value] }
    #expect(samples == [[0, 74], [10, 64], [20, 128], [30, 96], [50, 0]])
  }

  @Test("All figures are those of naive recomputation", arguments: 0..<60)
  func naive(_ seed: Int) throws {
    var generator = SplitMix(seed: UInt64(seed))
    let graph = TestGraph.random(seed: UInt64(seed))
    let workers = Int.random(in: 1...4, using: &generator)
    let runs = (0..<2).map {
      graph.randomTimes(&generator, workers: workers, from: UInt64(10_000 * $0 + 5))
    }
    let recording = graph.recording(runs, workers: workers)
    try recording.verify()
    var (path, overhead, idle, busy): (UInt64, Int, Int, UInt64) = (0, 0, 0, 0)
    for times in runs {
      // The longest chain that ends with each task.
      var chains: [UInt64] = []
      for (task, before) in graph.predecessors.enumerated() {
        chains.append(times[task].end - times[task].start + (before.map { chains[$0] }.max() ?? 0))
      }
      path += chains.max() ?? 0
      busy += times.reduce(0) { $0 + $1.end - $1.start }
      guard let first = times.map(\.start).min(), let last = times.map(\.end).max() else {
        continue
      }
      for moment in first..<last {
        let running = times.filter { $0.start <= moment && moment < $0.end }.count
        let ready = times.indices.filter { task in
          moment < times[task].start
            && graph.predecessors[task].allSatisfy { times[$0].end <= moment }
        }.count
        overhead += min(ready, workers - running)
        idle += workers - running - min(ready, workers - running)
      }
    }
    #expect(recording.criticalPath().nanoseconds == path, "seed \(seed)")
    #expect(recording.workerTime().busy == busy, "seed \(seed)")
    #expect(recording.workerTime().overhead == UInt64(overhead), "seed \(seed)")
    #expect(recording.workerTime().idle == UInt64(idle), "seed \(seed)")
    let away = runs.flatMap { $0.enumerated() }.filter {
      Int(graph.home($0.offset)) % workers != $0.element.worker
    }
    #expect(recording.stolenTasks().count == away.count, "seed \(seed)")
  }

  @Test("Runs that overlap share the workers' time, and time between runs is nobody's")
  func overlap() {
    let graph = TestGraph(predecessors: [[], [0]])
    let recording = graph.recording(
      [[(0, 0, 10), (0, 10, 20)], [(1, 5, 15), (1, 15, 25)], [(0, 100, 110), (1, 112, 120)]],
      workers: 2)
    // From 0 to 25, with a free worker to 5 and from 20 on; from 100 to 120, with one to 110, both for 2, and one.
    #expect(recording.profile().wallNanoseconds == 45)
    let time = recording.workerTime()
    #expect(time.busy == 58)
    #expect(time.overhead == 2)
    #expect(time.idle == 30)
  }

  @Test("Nothing recorded, and tasks that the rings had no room for")
  func gaps() throws {
    let graph = TestGraph(predecessors: [[], [0], [1]])
    let none = graph.recording([], workers: 2)
    #expect(none.criticalPath().nanoseconds == 0)
    #expect(none.workerTime().busy == 0 && none.workerTime().idle == 0)
    #expect(none.readyTasks().isEmpty && none.arenaInUse([]).isEmpty)
    let part = TraceRecording(
      graph: graph.taskGraph(), workerNames: ["one"], runs: 1,
      events: [.init(worker: 0, run: 0, task: 2, start: 5, end: 9)], dropped: 2)
    #expect(part.criticalPath().nanoseconds == 4)
    #expect(part.workerTime().busy == 4 && part.workerTime().overhead == 0)
    _ = try part.chromeTrace()
  }

  @Test(
    "A Chrome trace has an arrow where a task waited last for another worker's, and two counters")
  func chrome() throws {
    let arena = [ArenaValue(offset: 0, byteCount: 64, calls: [0])]
    let json = try JSONSerialization.jsonObject(with: recording.chromeTrace(arena: arena))
    let events = try #require((json as? [String: Any])?["traceEvents"] as? [[String: Any]])
    func all(_ kind: String, _ keys: [String]) -> [[Double]] {
      events.filter { $0["ph"] as? String == kind }
        .map { event in keys.map { (event[$0] as? NSNumber)?.doubleValue ?? -1 } }
    }
    // To 2 from 0 on the other worker, and to 3 from 2: in the bar, a nanosecond before its end.
    #expect(all("s", ["id", "tid", "ts"]) == [[0, 0, 0.009], [1, 1, 0.029]])
    #expect(all("f", ["id", "tid", "ts"]) == [[0, 1, 0.015], [1, 0, 0.035]])
    let counters = events.filter { $0["ph"] as? String == "C" }
    let ready = counters.compactMap { ($0["args"] as? [String: Any])?["tasks"] as? Int }
    #expect(ready == [1, 0, 2, 1, 0, 1, 0])
    let bytes = counters.compactMap { ($0["args"] as? [String: Any])?["bytes"] as? Int }
    #expect(bytes == [64, 0])
    let homes = events.compactMap { ($0["args"] as? [String: Any])?["home"] as? Int }
    #expect(homes.sorted() == [0, 1])
  }
}
