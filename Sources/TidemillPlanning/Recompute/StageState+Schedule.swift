// Bits as a schedule, and schedules as bits.
extension StageState {
  /// Longer schedules are of no use to anybody, and working them out takes seconds.
  static let mostComputations = 1 << 22

  /// The computations of all stages, by place in the order.
  ///
  /// - Returns: `nil` where there are very many, or where the deadline came first.
  func computations(deadline: Deadline = .never) -> [Int]? {
    var all: [Int] = []
    for stage in 0..<count {
      collect(stage)
      for place in 0..<computedCount { all.append(Int(computed[place])) }
      if all.count > Self.mostComputations || (stage & 63 == 0 && deadline.isPast) { return nil }
    }
    return all
  }

  /// The bits, to come back to.
  package func snapshot() -> [UInt64] {
    Array(UnsafeBufferPointer(start: kept, count: count * words))
  }

  /// Takes the bits from computations of which the first ones are in the order.
  ///
  /// What a stage computes twice it computes once, and keeps.
  func take(_ computations: [Int], deadline: Deadline) -> Bool {
    kept.update(repeating: 0, count: count * words)
    // By value, the last stage that has made or kept it.
    var made = [Int](repeating: -1, count: count)
    var stage = 0
    for operation in computations where stage < count {
      for operand in operands(operation) {
        let operand = Int(operand)
        put(operand, (made[operand] + 1)..<(stage + 1), keeps: true)
        made[operand] = stage
      }
      made[operation] = stage
      if operation == stage { stage += 1 }
    }
    return update(deadline: deadline)
  }
}
