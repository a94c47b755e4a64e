import TidemillGraph

extension Program {
  /// The calls that each one waits for, if no value takes the bytes of another.
  package func predecessors() -> [[Int]] { predecessors(of: Array(calls.indices)) }

  /// The runs that each one waits for, likewise: by their places in an order in which some calls run more than once.
  package func predecessors(of runs: [Int]) -> [[Int]] {
    predecessors(of: runs) { _, view in
      TaskGraph.TouchedRegion(slot: view.buffer.index, region: Region(view, base: 0))
    }
  }

  /// The runs that each one waits for.
  ///
  /// - Parameter touched: Where the views of a run lie.
  func predecessors(
    of runs: [Int], touched: (_ place: Int, View) -> TaskGraph.TouchedRegion
  ) -> [[Int]] {
    var edges = EdgeBuilder()
    for (place, index) in runs.enumerated() {
      let call = calls[index]
      edges.add([
        MemoryAccesses(
          reads: call.reads.map { touched(place, $0) },
          writes: call.writes.map { touched(place, $0) }, writesState: call.writesState,
          mayFail: call.call.mayFail)
      ])
    }
    return edges.predecessors
  }

  /// How many workers the calls keep busy by themselves, on average: all work by the longest chain.
  func parallelism(_ predecessors: [[Int]]) -> Double {
    var ends: [Double] = []
    for (call, before) in zip(calls, predecessors) {
      ends.append(call.cost.seconds + (before.map { ends[$0] }.max() ?? 0))
    }
    let work = calls.reduce(0) { $0 + $1.cost.seconds }
    return work / max(ends.max() ?? 0, 1e-15)
  }
}
