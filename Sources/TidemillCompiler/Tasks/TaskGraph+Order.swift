import CKernels
import TidemillGraph
import TidemillPlanning

extension TaskGraph {
  /// Orders tasks by upward rank, the time from a task's start to the end of all that depends on it, and
  /// lays the edges out flat.
  ///
  /// Edges that a path of others implies are left out.
  ///
  /// - Parameter sharesAlways: Whether workers share the tasks even where that is planned to take longer, as when it is
  ///   sharing that is measured.
  /// **Source**: Topcuoglu, Hariri, Wu: Performance-effective and low-complexity task scheduling for
  /// heterogeneous computing (HEFT), 2002.
  package init(
    tasks: [Task], predecessors: [[Int]], calls: [Call], workspaceBytes: Int,
    machine: MachineModel, costs: CostModel, storage: ArgumentStorage, sharesAlways: Bool = false
  ) {
    let reduced = TransitiveReduction(predecessors).predecessors
    var rank = tasks.map(\.seconds)
    for task in tasks.indices.reversed() {
      for predecessor in reduced[task] {
        rank[predecessor] = max(rank[predecessor], tasks[predecessor].seconds + rank[task])
      }
    }
    let total = tasks.reduce(0) { $0 + $1.seconds }
    let longest = rank.max() ?? 0
    let mayGain = total >= Self.worthSharing && longest <= 0.9 * total
    if machine.workers.count > 1, mayGain || sharesAlways {
      let order = tasks.indices.sorted { (-rank[$0], $0) < (-rank[$1], $1) }
      let (ordered, before) = Self.ordered(tasks, reduced, order)
      let homes = Homes(
        ordered, predecessors: before,
        blocks: Self.blocks(tasks, calls, workers: machine.workers.count, order),
        machine: machine, costs: costs)
      if sharesAlways || homes.end + costs[.sharedRun] <= 0.9 * total {
        self.init(
          ordered, before, calls, homes: homes.workers, workspaceBytes, runsOnCaller: false, storage
        )
        if let better = NodeBlocks.better(than: self, order: order, before, machine, costs) {
          self = with(homes: better)
        }
        return
      }
    }
    self.init(
      tasks, reduced, calls, homes: Array(repeating: 0, count: tasks.count), workspaceBytes,
      runsOnCaller: true, storage)
  }

  /// Tasks, and the positions of their predecessors, in another order.
  private static func ordered(
    _ tasks: [Task], _ predecessors: [[Int]], _ order: [Int]
  ) -> ([Task], [[Int]]) {
    let position = order.inverse
    return (order.map { tasks[$0] }, order.map { predecessors[$0].map { position[$0] } })
  }

  private init(
    _ tasks: [Task], _ predecessors: [[Int]], _ calls: [Call], homes: [UInt32],
    _ workspaceBytes: Int, runsOnCaller: Bool, _ storage: ArgumentStorage
  ) {
    var successors = [[UInt32]](repeating: [], count: tasks.count)
    for (task, before) in predecessors.enumerated() {
      for predecessor in before { successors[predecessor].append(UInt32(task)) }
    }
    self.init(
      tasks: tasks, calls: calls,
      successorStarts: successors.reduce(into: [0]) {
        $0.append($0[$0.count - 1] + UInt32($1.count))
      },
      successors: successors.flatMap { $0 },
      predecessorCounts: predecessors.map { UInt32($0.count) },
      homes: homes, workspaceBytes: workspaceBytes, runsOnCaller: runsOnCaller, storage: storage)
  }

  /// For each place in the order, the worker whose turn it is where each call's tiles go to workers in even blocks.
  private static func blocks(
    _ tasks: [Task], _ calls: [Call], workers: Int, _ order: [Int]
  ) -> [UInt32] {
    var first = [Int](repeating: -1, count: calls.count)
    for (index, task) in tasks.enumerated() where first[task.call] < 0 { first[task.call] = index }
    return order.map { index in
      let call = tasks[index].call
      return UInt32((index - first[call]) * workers / max(calls[call].taskCount, 1))
    }
  }

  /// Work in seconds below which waking another thread costs more than it gains.
  private static let worthSharing = 5e-6
}
