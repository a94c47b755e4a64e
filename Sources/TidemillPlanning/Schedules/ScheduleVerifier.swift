/// Proves a schedule: naive, and without any code of what makes one.
package enum ScheduleVerifier {
  /// What is wrong with a schedule.
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    /// A sentence that names the tasks, counted from 0.
    package let description: String
  }

  /// Looks at every task, at every edge, and at what each processor does one after the other.
  ///
  /// A task without a time takes no processor: others may run across the moment of its start.
  ///
  /// - Parameters:
  ///   - schedule: Starts and processors, and the makespan that they are said to have.
  ///   - problem: What is scheduled.
  /// - Throws: ``Mistake``.
  /// - Complexity: O(edges + tasks log tasks).
  package static func check(_ schedule: TaskSchedule, of problem: ScheduleProblem) throws {
    let (starts, processors, times) = (schedule.starts, schedule.processors, problem.times)
    guard starts.count == times.count, processors.count == times.count else {
      throw Mistake(
        description: "\(starts.count) starts and \(processors.count) processors are given for "
          + "\(times.count) tasks")
    }
    var end = 0
    for task in times.indices {
      let (taskEnd, overflow) = starts[task].addingReportingOverflow(times[task])
      if starts[task] < 0 || overflow {
        throw Mistake(description: "task \(task) starts at \(starts[task])")
      }
      if processors[task] < 0 || processors[task] >= problem.processors {
        throw Mistake(
          description: "task \(task) runs on processor \(processors[task]) of \(problem.processors)"
        )
      }
      end = max(end, taskEnd)
    }
    for task in times.indices {
      for before in problem.predecessors[task] where starts[before] + times[before] > starts[task] {
        throw Mistake(
          description: "task \(task) starts at \(starts[task]), before task \(before) ends at "
            + "\(starts[before] + times[before])")
      }
    }
    try checkProcessors(schedule, times)
    if schedule.makespan != end {
      throw Mistake(
        description: "the makespan is \(end), but is said to be \(schedule.makespan)")
    }
    if schedule.lowerBound > end {
      throw Mistake(
        description: "the makespan is \(end), below the bound \(schedule.lowerBound)")
    }
  }

  private static func checkProcessors(_ schedule: TaskSchedule, _ times: [Int]) throws {
    var tasks: [Int: [Int]] = [:]
    for task in times.indices where times[task] > 0 {
      tasks[schedule.processors[task], default: []].append(task)
    }
    for (processor, list) in tasks {
      let list = list.sorted { schedule.starts[$0] < schedule.starts[$1] }
      for (earlier, later) in zip(list, list.dropFirst())
      where schedule.starts[earlier] + times[earlier] > schedule.starts[later] {
        throw Mistake(
          description: "tasks \(earlier) and \(later) run at once on processor \(processor)")
      }
    }
  }
}
