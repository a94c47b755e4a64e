/// A run of a task graph in virtual time.
package struct SimulatedRun: Sendable {
  /// When a task ran, in seconds from the run's begin.
  package struct Entry: Hashable, Sendable {
    package let task: Int
    package let worker: Int
    package let start: Double
    package let end: Double
    /// Whose list it was taken from, if not the worker's own.
    package let stolenFrom: Int?

    package init(task: Int, worker: Int, start: Double, end: Double, stolenFrom: Int? = nil) {
      (self.task, self.worker, self.start, self.end) = (task, worker, start, end)
      self.stolenFrom = stolenFrom
    }
  }

  /// In the order in which they started.
  package let entries: [Entry]
  package let workers: Int
  /// From begin to end, with what a run takes beside its tasks.
  package let makespan: Double
  /// The longest chain of tasks that wait for one another, with nothing between them and all bytes near.
  package let criticalPath: Double
  /// All tasks, with all bytes near, evenly over all workers.
  package let areaBound: Double
  /// Bytes that came from another NUMA node or went there.
  package let remoteBytes: Double
  /// The fewest bytes that cross between NUMA nodes where data and tasks lie as planned: caches that forget nothing.
  package let leastRemoteBytes: Double

  package init(
    entries: [Entry], workers: Int, makespan: Double, criticalPath: Double, areaBound: Double,
    remoteBytes: Double = 0, leastRemoteBytes: Double = 0
  ) {
    self.entries = entries
    self.workers = workers
    self.makespan = makespan
    self.criticalPath = criticalPath
    self.areaBound = areaBound
    self.remoteBytes = remoteBytes
    self.leastRemoteBytes = leastRemoteBytes
  }

  package var steals: Int { entries.reduce(0) { $0 + ($1.stolenFrom == nil ? 0 : 1) } }

  /// How much of all workers' time is work.
  package var efficiency: Double { areaBound / max(makespan, 1e-12) }

  /// What no schedule of these tasks is shorter than.
  package var lowerBound: Double { max(criticalPath, areaBound) }
}
