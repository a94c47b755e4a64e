import TidemillGraph

/// Trades time for memory: a value that lies unused across the fullest step is dropped after the use
/// before it and computed again for the use after it.
enum Recomputation {
  /// The schedule with the one change that costs the least time for the bytes it frees, or `nil` where
  /// no change lowers the peak.
  static func step(from schedule: Schedule) -> Schedule? {
    let load = schedule.load
    guard let peak = load.max(), let fullest = load.firstIndex(of: peak) else { return nil }
    let fullSteps = load.filter { $0 == peak }.count
    let candidates = (0..<schedule.valueCount).compactMap {
      schedule.candidate(droppingValue: $0, across: fullest)
    }
    for candidate in candidates.sorted(by: { $0.secondsPerByte < $1.secondsPerByte }) {
      let changed = schedule.applying(candidate)
      let load = changed.load
      guard let newPeak = load.max() else { continue }
      // Progress: a lower peak, or fewer steps as full as it.
      if newPeak < peak || (newPeak == peak && load.filter { $0 == peak }.count < fullSteps) {
        return changed
      }
    }
    return nil
  }

  struct Candidate {
    let value: Int
    /// The step before which it is computed again.
    let step: Int
    let secondsPerByte: Double
  }
}

extension Schedule {
  /// Bytes that live at each step.
  fileprivate var load: [Int] {
    var changes = [Int](repeating: 0, count: steps.count + 1)
    for value in 0..<valueCount {
      let life = lifetime(of: value)
      changes[life.lowerBound] += alignedSize(of: value)
      changes[life.upperBound + 1] -= alignedSize(of: value)
    }
    var live = 0
    return changes.dropLast().map { change in
      live += change
      return live
    }
  }

  /// Whether a value lies unused across a step and can be computed again after it.
  fileprivate func candidate(
    droppingValue value: Int, across fullest: Int
  ) -> Recomputation.Candidate? {
    let uses = uses[value].steps
    guard let before = uses.last(where: { $0 < fullest }), let next = uses.first(where: { $0 > fullest }),
      !uses.contains(fullest)
    else { return nil }
    // Made by one call that makes nothing else, from what is still there or can be kept.
    let writers = uses.filter { step in
      program.calls[steps[step].call].call.writes.contains { $0.buffer == self.uses[value].buffer }
    }
    guard writers.count == 1, let writer = writers.first, writer <= before else { return nil }
    let call = program.calls[steps[writer].call]
    guard call.call.writes.count == 1, !call.writesState, !call.call.mayFail else { return nil }
    let readsChangedState = steps[writer..<next].contains { step in
      let writes = program.calls[step.call].call.writes.map(\.buffer)
      return call.call.reads.contains { writes.contains($0.buffer) && !program.isTemporary($0.buffer) }
    }
    guard !readsChangedState else { return nil }
    let bytes = max(alignedSize(of: value), 1)
    return .init(
      value: value, step: next, secondsPerByte: call.call.cost.seconds / Double(bytes))
  }

  /// The schedule with a value's second life beginning just before a step.
  fileprivate func applying(_ candidate: Recomputation.Candidate) -> Schedule {
    let buffer = uses[candidate.value].buffer
    let old = MemoryPlan.ValueID(candidate.value)
    let new = MemoryPlan.ValueID(valueCount)
    guard let writer = uses[candidate.value].steps.first else { return self }
    var values = steps[writer].values
    // Operands in their latest life before the step.
    for operand in values.keys where operand != buffer {
      values[operand] = steps[..<candidate.step].last { $0.values[operand] != nil }?.values[operand]
    }
    values[buffer] = new
    var changed = Array(steps[..<candidate.step])
    changed.append(
      MemoryPlan.Step(call: steps[writer].call, isRecomputation: true, values: values))
    for step in steps[candidate.step...] {
      var values = step.values
      if values[buffer] == old { values[buffer] = new }
      changed.append(
        MemoryPlan.Step(call: step.call, isRecomputation: step.isRecomputation, values: values))
    }
    return Schedule(program, steps: changed, valueCount: valueCount + 1)
  }
}
