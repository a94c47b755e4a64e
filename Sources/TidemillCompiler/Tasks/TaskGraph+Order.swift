import CKernels
import TidemillGraph

extension TaskGraph {
  /// Orders tasks by upward rank, the time from a task's start to the end of all that depends on it, and
  /// lays the edges out flat.
  ///
  /// Edges that a path of others implies are left out.
  /// **Source**: Topcuoglu, Hariri, Wu: Performance-effective and low-complexity task scheduling for
  /// heterogeneous computing (HEFT), 2002.
  package init(
    tasks: [Task], predecessors: [[Int]], calls: [Call], workspaceBytes: Int,
    machine: MachineModel, costs: CostModel, storage: ArgumentStorage
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
    let alone = machine.workers.count <= 1 || total < Self.worthSharing || longest > 0.9 * total
    let order =
      alone
      ? Array(tasks.indices)
      : tasks.indices.sorted { (-rank[$0], $0) < (-rank[$1], $1) }
    var position = [Int](repeating: 0, count: tasks.count)
    for (new, old) in order.enumerated() { position[old] = new }

    var successors = [[UInt32]](repeating: [], count: tasks.count)
    for task in tasks.indices {
      for predecessor in reduced[task] {
        successors[position[predecessor]].append(UInt32(position[task]))
      }
    }
    self.tasks = order.map { tasks[$0] }
    self.calls = calls
    successorStarts = successors.reduce(into: [0]) {
      $0.append($0[$0.count - 1] + UInt32($1.count))
    }
    self.successors = successors.flatMap { $0.sorted() }
    predecessorCounts = order.map { UInt32(reduced[$0].count) }
    homes =
      Homes(
        self.tasks, predecessors: order.map { reduced[$0].map { position[$0] } },
        blocks: Self.blocks(tasks, calls, workers: machine.workers.count, order), machine: machine,
        costs: costs, alone: alone
      ).workers
    self.workspaceBytes = workspaceBytes
    runsOnCaller = alone
    self.storage = storage
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
  private static let worthSharing = 20e-6
}
