import Foundation

/// Improves a schedule: some of its tasks change places in the list, and what comes out is justified.
///
/// One thread at a time uses it.
final class ListSearch {
  private let justifier: Justifier
  private var current: ListScheduler.Plan
  private var generator: PlanningGenerator
  /// The shortest that was found.
  private(set) var best: ListScheduler.Plan

  /// - Parameter plan: One to begin with.
  init(_ justifier: Justifier, _ plan: ListScheduler.Plan, seed: UInt64) {
    self.justifier = justifier
    current = plan
    best = plan
    generator = PlanningGenerator(seed: seed)
  }

  /// Tries a number of lists, each made from the one before.
  ///
  /// - Returns: Whether one of the schedules is no longer than `target`.
  func search(iterations: Int, target: Int, deadline: Deadline) -> Bool {
    for _ in 0..<iterations where best.makespan > target && !deadline.isPast {
      let found = justifier.justified(changed(current), rounds: 1)
      // What is as short counts too: most changes leave the makespan as it is.
      if found.makespan <= current.makespan { current = found }
      if found.makespan < best.makespan { best = found }
    }
    return best.makespan <= target
  }

  /// Another schedule of the same tasks, most of which keep their order.
  private func changed(_ plan: ListScheduler.Plan) -> ListScheduler.Plan {
    let isBackward = generator.index(2) == 0
    let plan = isBackward ? justifier.mirrored(plan) : plan
    let scheduler = isBackward ? justifier.backward : justifier.forward
    let span = Double(max(plan.makespan, 1))
    // A stretch of the schedule, or all of it and then less.
    let length = span * pow(0.5, Double(generator.index(6)))
    let begin = (span - length) * generator.fraction()
    let noise = length * pow(0.5, Double(1 + generator.index(6)))
    var keys = plan.starts.map(Double.init)
    for task in keys.indices where keys[task] >= begin && keys[task] <= begin + length {
      keys[task] += noise * (generator.fraction() - 0.5)
    }
    let list = scheduler.list(by: keys)
    let changed = generator.index(4) == 0 ? scheduler.eager(list) : scheduler.serial(list)
    return isBackward ? justifier.mirrored(changed) : changed
  }
}
