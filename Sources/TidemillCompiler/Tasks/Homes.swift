/// Which worker each task is planned for: list scheduling by earliest end, where bytes that other caches hold take time to
/// come over.
///
/// A plan, not a promise: who runs dry takes tasks of others. Steps follow one another, so the bytes begin where the
/// step before left them: parameters and their updates stay with one worker.
///
/// **Source**: Topcuoglu, Hariri, Wu: Performance-effective and low-complexity task scheduling for heterogeneous
/// computing (HEFT), 2002.
package struct Homes {
  /// By task.
  package let workers: [UInt32]
  /// When the last task ends.
  package let end: Double

  /// - Parameters:
  ///   - tasks: In a topological order, the urgent ones first.
  ///   - predecessors: Of each task, as positions in `tasks`.
  ///   - blocks: Each call's tiles in even blocks, a worker a block. Where these take no longer, and fewer edges lead from
  ///     one worker to another, they are taken: neighbours are each other's predecessors as a rule, and where tasks
  ///     take less than their hand-over, scheduling one after the other does not see that.
  /// - Complexity: O(workers·(tasks + edges) + tasks·regions that are in use).
  package init(
    _ tasks: [TaskGraph.Task], predecessors: [[Int]], blocks: [UInt32], machine: MachineModel,
    costs: CostModel
  ) {
    /// All tasks twice: the second time bytes lie where the first left them.
    func schedule(_ fixed: [UInt32]? = nil) -> ListSchedule {
      var holders: ByteHolders? = ByteHolders(machine, costs)
      _ = ListSchedule(tasks, predecessors, machine, costs, fixed: fixed, holders: &holders)
      return ListSchedule(tasks, predecessors, machine, costs, fixed: fixed, holders: &holders)
    }
    let free = schedule()
    var best = free
    if Self.crossings(predecessors, blocks) < Self.crossings(predecessors, free.workers) {
      let even = schedule(blocks)
      if even.end <= Self.sameEnd * free.end { best = even }
    }
    (workers, end) = (best.workers, best.end)
  }

  /// What a plan may take longer, as models are no better.
  private static let sameEnd = 1.02

  /// Edges from one worker to another.
  private static func crossings(_ predecessors: [[Int]], _ workers: [UInt32]) -> Int {
    predecessors.enumerated().reduce(0) { sum, task in
      sum + task.element.count { workers[$0] != workers[task.offset] }
    }
  }
}
