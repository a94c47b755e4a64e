import TidemillGraph

/// Values that may share their bytes although they touch in one step: an elementwise result in the place
/// of an operand that is read for the last time.
struct InPlaceClasses {
  /// For each value, the class it belongs to, named by its first value.
  private(set) var representative: [Int]

  init(of schedule: Schedule) {
    representative = Array(0..<schedule.valueCount)
    for (position, step) in schedule.steps.enumerated() {
      let call = schedule.program.calls[step.call].call
      var taken: Set<BufferID> = []
      for write in call.writes {
        guard let result = step.values[write.buffer],
          schedule.uses[result.index].steps.first == position, isWhole(write, schedule.program)
        else { continue }
        for (index, read) in call.reads.enumerated() where !taken.contains(read.buffer) {
          guard let operand = step.values[read.buffer], operand != result,
            schedule.uses[operand.index].steps.last == position,
            call.mayWriteInPlace(ofRead: index), isWhole(read, schedule.program),
            read.dtype.size == write.dtype.size, read.count == write.count,
            schedule.alignedSize(of: operand.index) == schedule.alignedSize(of: result.index),
            // Read in no other way by the same call, and written by none of its other results.
            call.reads.indices.allSatisfy({ other in
              call.reads[other].buffer != read.buffer
                || call.reads[other] == read && call.mayWriteInPlace(ofRead: other)
            }),
            call.writes.allSatisfy({ $0.buffer != read.buffer })
          else { continue }
          representative[result.index] = representative[operand.index]
          taken.insert(read.buffer)
          break
        }
      }
    }
  }

  private func isWhole(_ view: View, _ program: Program) -> Bool {
    view.isContiguous && view.offset == 0
      && view.count * view.dtype.size == program[view.buffer].byteCount
  }
}
