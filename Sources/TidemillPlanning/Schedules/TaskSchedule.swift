/// When and where tasks of a problem run.
package struct TaskSchedule: Sendable, Equatable {
  /// When each task starts; it runs to its end without a break.
  package var starts: [Int]
  /// The processor of each task.
  package var processors: [Int]
  /// When the last task ends.
  package var makespan: Int
  /// What no schedule is shorter than, proven.
  package var lowerBound: Int

  /// A schedule that somebody has made.
  package init(starts: [Int], processors: [Int], makespan: Int, lowerBound: Int) {
    self.starts = starts
    self.processors = processors
    self.makespan = makespan
    self.lowerBound = lowerBound
  }

  /// How much shorter a schedule could be at the most, as a share of the lower bound.
  package var gap: Double {
    lowerBound == 0 ? 0 : Double(makespan - lowerBound) / Double(lowerBound)
  }
  /// Whether no schedule is shorter.
  package var isOptimal: Bool { makespan == lowerBound }
}
