import TidemillCompiler

/// The chains of tasks that no number of workers makes shorter: for each run the longest, of tasks each of which
/// waits for the one before, by the times that they took.
package struct CriticalPath: Sendable, Equatable {
  /// Over all runs.
  package let nanoseconds: UInt64
  /// Tasks of the longest run's chain, in order.
  package let tasks: [Int]
}

extension TraceRecording {
  /// Finds the longest chain of each run.
  ///
  /// - Complexity: O(tasks + edges) for each run.
  package func criticalPath() -> CriticalPath {
    var total: UInt64 = 0
    var longest: (time: UInt64, tasks: [Int]) = (0, [])
    for run in recordedRuns() {
      let chain = longestChain(of: run)
      total += chain.time
      if chain.time >= longest.time { longest = chain }
    }
    return CriticalPath(nanoseconds: total, tasks: longest.tasks)
  }

  private func longestChain(of run: RecordedRun) -> (time: UInt64, tasks: [Int]) {
    // Edges go from lower to higher tasks, so that each is final when its turn comes.
    var before = [(time: UInt64, task: Int?)](repeating: (0, nil), count: run.events.count)
    var last: (time: UInt64, task: Int?) = (0, nil)
    for (task, event) in run.events.enumerated() {
      let time = before[task].time + (event?.nanoseconds ?? 0)
      if time > last.time { last = (time, task) }
      for successor in graph.successors(of: task) where time > before[successor].time {
        before[successor] = (time, task)
      }
    }
    var tasks: [Int] = []
    var next = last.task
    while let task = next {
      tasks.append(task)
      next = before[task].task
    }
    return (last.time, tasks.reversed())
  }
}
