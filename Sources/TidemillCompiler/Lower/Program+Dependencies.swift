import TidemillGraph

extension Program {
  /// The calls that each one waits for, if no value takes the bytes of another.
  package func predecessors() -> [[Int]] {
    var edges = EdgeBuilder()
    for call in calls {
      func touched(_ view: View) -> TaskGraph.TouchedRegion {
        .init(slot: view.buffer.index, region: Region(view, base: 0))
      }
      edges.add([
        MemoryAccesses(
          reads: call.call.reads.map(touched), writes: call.call.writes.map(touched),
          writesState: call.writesState, mayFail: call.call.mayFail)
      ])
    }
    return edges.predecessors
  }

  /// How many workers the calls keep busy by themselves, on average: all work by the longest chain.
  func parallelism(_ predecessors: [[Int]]) -> Double {
    var ends: [Double] = []
    for (call, before) in zip(calls, predecessors) {
      ends.append(call.call.cost.seconds + (before.map { ends[$0] }.max() ?? 0))
    }
    let work = calls.reduce(0) { $0 + $1.call.cost.seconds }
    return work / max(ends.max() ?? 0, 1e-15)
  }
}
