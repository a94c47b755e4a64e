import TidemillGraph
import TidemillPlanning

/// Values that may share their bytes although they touch in one step: an elementwise result in the place
/// of an operand that is read for the last time.
struct InPlaceClasses {
  /// For each value, the class it belongs to, named by its first value.
  private(set) var representative: [Int]

  init(of schedule: Schedule) {
    representative = Array(0..<schedule.valueCount)
    let lastUses = schedule.lastUses()
    for (position, step) in schedule.steps.enumerated() {
      var taken: Set<BufferID> = []
      var placed: Set<BufferID> = []
      for pair in schedule.program.inPlacePairs(of: step.call) {
        guard !taken.contains(pair.read), !placed.contains(pair.write),
          let result = step.values[pair.write], let operand = step.values[pair.read],
          schedule.uses[result.index].steps.first == position,
          lastUses[operand.index] == position
        else { continue }
        representative[result.index] = representative[operand.index]
        taken.insert(pair.read)
        placed.insert(pair.write)
      }
    }
  }
}

extension Program {
  /// Temporary operands of a call, and results of it that may take their place once nobody else needs
  /// them; the results in order, and for each its operands.
  func inPlacePairs(of index: Int) -> [(read: BufferID, write: BufferID)] {
    let call = calls[index]
    var pairs: [(read: BufferID, write: BufferID)] = []
    for write in call.writes where isTemporary(write.buffer) && isWhole(write) {
      for (index, read) in call.reads.enumerated() {
        guard isTemporary(read.buffer), read.buffer != write.buffer,
          call.call.mayWriteInPlace(ofRead: index), isWhole(read),
          read.dtype.size == write.dtype.size, read.count == write.count,
          // Read in no other way by the same call, and written by none of its other results.
          call.reads.indices.allSatisfy({ other in
            call.reads[other].buffer != read.buffer
              || call.reads[other] == read && call.call.mayWriteInPlace(ofRead: other)
          }),
          call.writes.allSatisfy({ $0.buffer != read.buffer })
        else { continue }
        pairs.append((read.buffer, write.buffer))
      }
    }
    return pairs
  }

  private func isWhole(_ view: View) -> Bool {
    view.isContiguous && view.offset == 0
      && view.count * view.dtype.size == self[view.buffer].byteCount
  }
}
