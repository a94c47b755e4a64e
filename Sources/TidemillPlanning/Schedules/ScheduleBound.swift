/// What no schedule is shorter than.
struct ScheduleBound {
  /// No schedule starts a task earlier.
  private(set) var heads: [Int]
  /// No schedule ends earlier than this after a task's end.
  private(set) var tails: [Int]
  /// No schedule is shorter.
  private(set) var makespan: Int

  private let times: [Int]
  private let processors: Int

  /// The longest path, and all work on all processors.
  init(_ problem: ScheduleProblem, _ levels: TaskLevels) {
    times = problem.times
    processors = problem.processors
    heads = levels.top
    tails = times.indices.map { levels.bottom[$0] - problem.times[$0] }
    makespan = max(levels.criticalPath, Self.divided(times.reduce(0, +), by: processors))
  }

  /// Rounded up.
  static func divided(_ work: Int, by processors: Int) -> Int {
    work == 0 ? 0 : (work - 1) / processors + 1
  }

  /// Makes heads and tails longer: before a task starts, all that it waits for has to be done, by no more
  /// processors than there are.
  ///
  /// - Complexity: O(tasks²).
  mutating func sharpen(_ problem: ScheduleProblem) {
    heads = Self.sharpened(heads, problem)
    tails = Self.sharpened(tails, problem.reversed)
    for task in times.indices {
      makespan = max(makespan, heads[task] + times[task] + tails[task])
    }
  }

  private static func sharpened(_ heads: [Int], _ problem: ScheduleProblem) -> [Int] {
    var heads = heads
    var ancestors = TaskSets(count: heads.count)
    for task in problem.order {
      for before in problem.predecessors[task] {
        ancestors.insert(before, andItsOwn: true, to: task)
        heads[task] = max(heads[task], heads[before] + problem.times[before])
      }
      var work = 0
      for other in ancestors[task].sorted(by: { heads[$0] > heads[$1] }) {
        work += problem.times[other]
        heads[task] = max(heads[task], heads[other] + divided(work, by: problem.processors))
      }
    }
    return heads
  }

  /// Takes a bound that was proven elsewhere.
  mutating func raise(to makespan: Int) { self.makespan = max(self.makespan, makespan) }

  /// Raises the bound until in every interval there is room for the work that any schedule of that length
  /// has to do in it.
  ///
  /// - Complexity: O(tasks² log tasks) for each time that the bound is raised.
  ///
  /// **Source**: Fernandez, Bussell: Bounds on the number of processors and time for multiprocessor optimal
  /// schedules, 1973; Erschler, Lopez: Energy-based approach for task scheduling under time and resources
  /// constraints, 1990.
  mutating func raiseByEnergy(deadline: Deadline) {
    while let more = missingTime(deadline: deadline), more > 0 { makespan += more }
  }

  /// By how much no interval's work fits into it, at the present bound; `nil` after the deadline.
  private func missingTime(deadline: Deadline) -> Int? {
    let lasts = times.indices.map { makespan - tails[$0] - times[$0] }
    for begin in Set(heads + lasts).sorted() {
      if deadline.isPast { return nil }
      let missing = missingTime(from: begin, lasts)
      // With a bound that is higher by d, an interval that ends d later has as much work, and P·d more room.
      if missing > 0 { return missing }
    }
    return 0
  }

  private func missingTime(from begin: Int, _ lasts: [Int]) -> Int {
    // The work from `begin` to some end grows with the end, for each task from its last start on, until all of
    // it that cannot be done before `begin` is in.
    var changes: [(time: Int, slope: Int)] = []
    for task in times.indices {
      let rest = min(times[task], heads[task] + times[task] - begin)
      guard rest > 0 else { continue }
      let from = max(lasts[task], begin)
      changes.append((from, 1))
      changes.append((from + rest, -1))
    }
    changes.sort { $0.time < $1.time }
    var (work, slope, time, most) = (0, 0, begin, 0)
    for change in changes {
      work += slope * (change.time - time)
      time = change.time
      slope += change.slope
      // Nothing is missing, and the product may overflow, where there is more time than this.
      if time - begin <= work / processors {
        most = max(most, work - processors * (time - begin))
      }
    }
    return Self.divided(most, by: processors)
  }
}
