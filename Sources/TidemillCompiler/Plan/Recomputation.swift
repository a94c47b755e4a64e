import TidemillGraph

/// Trades time for memory: a value that lies unused across the fullest step is dropped after the use
/// before it and computed again for the use after it, with whatever of its operands is gone by then.
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
    /// Steps to run again there, operands first, the value's own last.
    let again: [Int]
    let secondsPerByte: Double
  }

  /// Steps that one value may take to be computed again.
  static let longestChain = 16
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
    guard uses.contains(where: { $0 < fullest }), !uses.contains(fullest),
      let next = uses.first(where: { $0 > fullest }), alignedSize(of: value) > 0
    else { return nil }
    var again: [Int] = []
    guard collect(value, before: next, into: &again) else { return nil }
    let seconds = again.reduce(0) { $0 + program.calls[steps[$1].call].call.cost.seconds }
    return .init(
      value: value, step: next, again: again,
      secondsPerByte: seconds / Double(alignedSize(of: value)))
  }

  /// Adds what must run again to have a value before a step: its writer, after those of operands that are
  /// not there any more.
  ///
  /// - Returns: Whether that is possible, and short enough.
  private func collect(_ value: Int, before step: Int, into again: inout [Int]) -> Bool {
    guard let writer = onlyWriter(of: value), writer < step else { return false }
    let call = program.calls[steps[writer].call]
    guard call.call.writes.count == 1, !call.writesState, !call.call.mayFail,
      !changesState(readBy: call, between: writer, and: step)
    else { return false }
    for operand in Set(call.call.reads.map(\.buffer)).sorted(by: { $0.index < $1.index }) {
      guard let latest = latestLife(of: operand, before: step) else { continue }
      let isThere = lifetime(of: latest.index).upperBound >= step
      let isPlanned = again.contains {
        steps[$0].values[operand] == latest && onlyWriter(of: latest.index) == $0
      }
      if isThere || isPlanned { continue }
      guard collect(latest.index, before: step, into: &again) else { return false }
    }
    again.append(writer)
    return again.count <= Recomputation.longestChain
  }

  private func onlyWriter(of value: Int) -> Int? {
    let writers = uses[value].steps.filter { step in
      program.calls[steps[step].call].call.writes.contains { $0.buffer == uses[value].buffer }
    }
    return writers.count == 1 ? writers[0] : nil
  }

  private func changesState(readBy call: Program.Call, between writer: Int, and step: Int) -> Bool {
    steps[writer..<step].contains { other in
      let other = program.calls[other.call]
      return other.writesState
        && other.call.writes.contains { write in
          call.call.reads.contains { $0.buffer == write.buffer }
        }
    }
  }

  private func latestLife(of buffer: BufferID, before step: Int) -> MemoryPlan.ValueID? {
    steps[..<step].last { $0.values[buffer] != nil }?.values[buffer]
  }

  /// The schedule with a value's second life beginning just before a step.
  fileprivate func applying(_ candidate: Recomputation.Candidate) -> Schedule {
    let buffer = uses[candidate.value].buffer
    let old = MemoryPlan.ValueID(candidate.value)
    var count = valueCount
    var renewed: [BufferID: MemoryPlan.ValueID] = [:]
    var changed = Array(steps[..<candidate.step])
    for writer in candidate.again {
      let call = program.calls[steps[writer].call].call
      for write in call.writes where program.isTemporary(write.buffer) {
        renewed[write.buffer] = MemoryPlan.ValueID(count)
        count += 1
      }
      var values: [BufferID: MemoryPlan.ValueID] = [:]
      for touched in steps[writer].values.keys {
        values[touched] = renewed[touched] ?? latestLife(of: touched, before: candidate.step)
      }
      changed.append(
        MemoryPlan.Step(call: steps[writer].call, isRecomputation: true, values: values))
    }
    for step in steps[candidate.step...] {
      var values = step.values
      if values[buffer] == old { values[buffer] = renewed[buffer] }
      changed.append(
        MemoryPlan.Step(call: step.call, isRecomputation: step.isRecomputation, values: values))
    }
    return Schedule(program, steps: changed, valueCount: count).withoutUnread()
  }

  /// The schedule without the runs whose result nobody reads: the call was put off, not repeated.
  private func withoutUnread() -> Schedule {
    var runs = Dictionary(grouping: steps, by: \.call).mapValues(\.count)
    var read: Set<MemoryPlan.ValueID> = []
    var kept: [MemoryPlan.Step] = []
    for step in steps.reversed() {
      let call = program.calls[step.call].call
      let isRead = call.writes.contains { write in
        step.values[write.buffer].map(read.contains) ?? true
      }
      if !isRead, runs[step.call, default: 0] > 1 {
        runs[step.call, default: 0] -= 1
        continue
      }
      kept.append(step)
      read.formUnion(call.reads.compactMap { step.values[$0.buffer] })
    }
    return Schedule(program, renumbering: kept.reversed())
  }
}

extension Schedule {
  /// A schedule of some of another's steps: values are counted anew, and first runs are no repetitions.
  fileprivate init(_ program: Program, renumbering steps: [MemoryPlan.Step]) {
    var seen: Set<Int> = []
    var numbers: [MemoryPlan.ValueID: MemoryPlan.ValueID] = [:]
    let renumbered = steps.map { step in
      var values: [BufferID: MemoryPlan.ValueID] = [:]
      for buffer in program.temporaries(of: step.call) {
        guard let old = step.values[buffer] else { continue }
        let new = numbers[old] ?? MemoryPlan.ValueID(numbers.count)
        numbers[old] = new
        values[buffer] = new
      }
      return MemoryPlan.Step(
        call: step.call, isRecomputation: !seen.insert(step.call).inserted, values: values)
    }
    self.init(program, steps: renumbered, valueCount: numbers.count)
  }
}
