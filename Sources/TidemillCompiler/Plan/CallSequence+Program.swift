import TidemillGraph
import TidemillPlanning

extension Program {
  /// The program as the planner sees it: numbers only.
  ///
  /// Sizes are bytes in the arena in units of the alignment, costs are picoseconds. What writes state or
  /// may fail the run runs once; what reads memory that a later call writes runs again only before that.
  func callSequence() -> CallSequence {
    var valueOfBuffer = [Int](repeating: -1, count: buffers.count)
    var sizes: [Int] = []
    for index in buffers.indices where isTemporary(BufferID(index)) {
      valueOfBuffer[index] = sizes.count
      sizes.append(units(of: BufferID(index)))
    }
    func values(_ views: [View]) -> [Int] {
      Set(views.map { valueOfBuffer[$0.buffer.index] }).filter { $0 >= 0 }.sorted()
    }
    let lastRepeats = lastRepeats()
    return CallSequence(
      sizes: sizes,
      calls: calls.indices.map { index in
        let call = calls[index]
        return CallSequence.Call(
          reads: values(call.reads), writes: values(call.writes),
          inPlace: inPlacePairs(of: index).map { pair in
            .init(read: valueOfBuffer[pair.read.index], write: valueOfBuffer[pair.write.index])
          },
          cost: call.cost.picoseconds, lastRepeat: lastRepeats[index])
      })
  }

  /// By call, the last one before which it may run again; -1 where it may not.
  private func lastRepeats() -> [Int] {
    var writers: [BufferID: [Int]] = [:]
    for (index, call) in calls.enumerated() {
      for buffer in Set(call.writes.map(\.buffer)) where !isTemporary(buffer) {
        writers[buffer, default: []].append(index)
      }
    }
    return calls.enumerated().map { index, call in
      // Several calls may go on with what one of them began: it cannot begin again.
      let isShared = call.writes.contains { writers[$0.buffer, default: []].count > 1 }
      if call.writesState || call.call.mayFail || isShared { return -1 }
      return call.reads.reduce(.max) { last, view in
        min(last, writers[view.buffer]?.first { $0 > index } ?? .max)
      }
    }
  }
}

extension Cost {
  /// ``seconds`` as a whole number; of all calls of a program they sum to less than 2⁵⁰ by far.
  package var picoseconds: Int { Int(min(1e14, max(0, seconds * 1e12))) }
}
