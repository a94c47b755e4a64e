/// Tasks one after the other, each where it ends first, or where it is told to go.
struct ListSchedule {
  /// By task.
  let workers: [UInt32]
  /// When the last task ends.
  let end: Double

  /// - Parameters:
  ///   - tasks: In a topological order, the urgent ones first.
  ///   - predecessors: Of each task, as positions in `tasks`.
  ///   - fixed: Where each task goes in any case.
  ///   - holders: Who has which bytes, before and after; `nil` if bytes take no time to move.
  /// - Complexity: O(workers·(tasks + edges)), and what the holders take.
  init(
    _ tasks: [TaskGraph.Task], _ predecessors: [[Int]], _ machine: MachineModel, _ costs: CostModel,
    fixed: [UInt32]? = nil, holders: inout ByteHolders?
  ) {
    var workers = fixed ?? Array(repeating: 0, count: tasks.count)
    var free = [Double](repeating: 0, count: machine.workers.count)
    var end = [Double](repeating: 0, count: tasks.count)
    for (index, task) in tasks.enumerated() {
      let bringing = holders?.seconds(toBring: task.touched)
      var best = (worker: 0, end: Double.infinity)
      let choices = fixed.map { Int($0[index])..<Int($0[index]) + 1 } ?? machine.workers.indices
      for worker in choices {
        var start = free[worker]
        for predecessor in predecessors[index] {
          let distance = machine.distance(Int(workers[predecessor]), worker)
          start = max(start, end[predecessor] + costs.handOver(distance))
        }
        let finish =
          start + task.seconds / machine.workers[worker].speed + (bringing?[worker] ?? 0)
        if finish < best.end { best = (worker, finish) }
      }
      workers[index] = UInt32(best.worker)
      (free[best.worker], end[index]) = (best.end, best.end)
      for place in task.reads { holders?.read(place, by: best.worker) }
      for place in task.writes { holders?.write(place, by: best.worker) }
    }
    self.workers = workers
    self.end = free.max() ?? 0
  }
}
