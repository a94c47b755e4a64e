import TidemillGraph

/// Where to put buffers, so that no two that live at the same time overlap in space and the arena is
/// low: dynamic storage allocation, which is NP-hard.
package struct OffsetProblem: Sendable {
  /// The buffers; a solution has an offset for each, in this order.
  package let buffers: [OffsetBuffer]
  /// Bytes that live at the time of the most, which no arena is lower than.
  package let livePeak: Int

  /// Sums of sizes and offsets stay far from the end of `Int`.
  package static let mostBytes = 1 << 60

  /// A problem of these buffers.
  ///
  /// - Throws: `plan` where a buffer dies before it is born, a size or a fixed offset is negative, an
  ///   alignment is not positive, a fixed offset is not aligned or taken by another fixed buffer of
  ///   the same time, or sizes, alignments and offsets sum to 2⁶⁰ or more. The message counts buffers
  ///   from 0.
  package init(_ buffers: [OffsetBuffer]) throws {
    var total = 0
    for (index, buffer) in buffers.enumerated() {
      if let mistake = Self.mistake(of: buffer) {
        throw TidemillError(.plan, "Buffer \(index) \(mistake).")
      }
      for part in [buffer.size, buffer.alignment - 1, buffer.fixed ?? 0] {
        let (sum, overflow) = total.addingReportingOverflow(part)
        guard !overflow, sum < Self.mostBytes else {
          throw TidemillError(
            .plan,
            "Sizes, alignments and fixed offsets sum to 2^60 or more at buffer \(index): give them "
              + "in a larger unit.")
        }
        total = sum
      }
    }
    self.buffers = buffers
    livePeak = Self.livePeak(of: buffers)
    try checkFixed()
  }

  private static func mistake(of buffer: OffsetBuffer) -> String? {
    if buffer.lower >= buffer.upper {
      return "lives from \(buffer.lower) to \(buffer.upper), but must end after it begins"
    }
    if buffer.size < 0 { return "has the size \(buffer.size), but sizes are 0 or more" }
    if buffer.alignment < 1 {
      return "has the alignment \(buffer.alignment), but alignments are 1 or more"
    }
    guard let fixed = buffer.fixed else { return nil }
    if fixed < 0 { return "is fixed at \(fixed), but offsets are 0 or more" }
    if fixed % buffer.alignment != 0 {
      return "is fixed at \(fixed), which is no multiple of its alignment \(buffer.alignment)"
    }
    return nil
  }

  private func checkFixed() throws {
    let fixed = buffers.indices.filter { buffers[$0].fixed != nil && buffers[$0].size > 0 }
      .sorted { (buffers[$0].lower, $0) < (buffers[$1].lower, $1) }
    var living: [Int] = []
    for index in fixed {
      let buffer = buffers[index]
      living.removeAll { buffers[$0].upper <= buffer.lower }
      let taken = living.first { other in
        guard let a = buffer.fixed, let b = buffers[other].fixed else { return false }
        return a < b + buffers[other].size && b < a + buffer.size
      }
      if let taken {
        throw TidemillError(
          .plan,
          "Buffers \(taken) and \(index) live at the same time and are fixed in the same place.")
      }
      living.append(index)
    }
  }

  private static func livePeak(of buffers: [OffsetBuffer]) -> Int {
    var changes: [(time: Int, bytes: Int)] = []
    for buffer in buffers {
      changes.append((buffer.lower, buffer.size))
      changes.append((buffer.upper, -buffer.size))
    }
    changes.sort { $0 < $1 }  // what dies at a time makes room for what is born then
    var live = 0
    var peak = buffers.lazy.compactMap(\.fixedTop).max() ?? 0
    for change in changes {
      live += change.bytes
      peak = max(peak, live)
    }
    return peak
  }
}

extension TidemillError.Code {
  /// A problem for the planner makes no sense, or has no solution.
  package static let plan = Self("plan")
}
