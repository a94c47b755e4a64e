import TidemillCompiler
import TidemillRuntime

/// Recordings that no executor has made.
extension TestGraph {
  /// A task's worker, start and end.
  typealias Time = (worker: Int, start: UInt64, end: UInt64)

  /// A recording of runs of this graph.
  ///
  /// - Parameter runs: For each run the time of each task.
  func recording(_ runs: [[Time]], workers: Int) -> TraceRecording {
    let events = runs.enumerated().flatMap { run, times in
      times.enumerated().map { task, time in
        TraceRecording.Event(
          worker: time.worker, run: run, task: task, start: time.start, end: time.end)
      }
    }
    return TraceRecording(
      graph: taskGraph(), workerNames: (0..<workers).map { "worker \($0)" }, runs: runs.count,
      events: events)
  }

  /// A random schedule of this graph with short gaps: each task on the worker that is free first, or any.
  func randomTimes(
    _ generator: inout SplitMix, workers: Int, from start: UInt64
  ) -> [Time] {
    var free = [UInt64](repeating: start, count: workers)
    var times: [Time] = []
    for before in predecessors {
      let worker = Int.random(in: 0..<workers, using: &generator)
      let ready = before.map { times[$0].end }.max() ?? start
      let begin = max(ready, free[worker]) + UInt64.random(in: 0...4, using: &generator)
      let end = begin + UInt64.random(in: 0...9, using: &generator)
      times.append((worker, begin, end))
      free[worker] = end
    }
    return times
  }
}
