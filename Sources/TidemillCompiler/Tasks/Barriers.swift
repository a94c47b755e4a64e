extension TaskGraph {
  /// The same tasks with a barrier after each operation: every task of a call waits for all of the one before.
  ///
  /// What others do, and what this graph is measured beside.
  package func withBarriers() -> TaskGraph {
    let order = tasks.indices.sorted { (tasks[$0].call, $0) < (tasks[$1].call, $1) }
    var starts: [UInt32] = [0]
    var successors: [UInt32] = []
    var counts = [UInt32](repeating: 0, count: tasks.count)
    var end = 0
    var (callStart, callEnd) = (0, 0)
    for place in order.indices {
      if place == end {
        let call = tasks[order[place]].call
        end = order[place...].firstIndex { tasks[$0].call != call } ?? order.count
        callStart = end
        callEnd =
          end < order.count
          ? order[end...].firstIndex { tasks[$0].call != tasks[order[end]].call } ?? order.count
          : end
      }
      for next in callStart..<callEnd {
        successors.append(UInt32(next))
        counts[next] += 1
      }
      starts.append(UInt32(successors.count))
    }
    return TaskGraph(
      tasks: order.map { tasks[$0] }, calls: calls, successorStarts: starts,
      successors: successors, predecessorCounts: counts, homes: order.map { homes[$0] },
      workspaceBytes: workspaceBytes, runsOnCaller: runsOnCaller, storage: storage)
  }
}
