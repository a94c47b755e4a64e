// Moves that change several values, so that what is computed again is computed again together.
extension StageSearch {
  /// Drops a value between two uses. What is computed again for the second, and later once more, is
  /// kept until then.
  func dropAndJoin(_ value: Int) {
    let middle = stage(behind: value)
    if state.isKept(value, middle) { dropAndJoin(value, around: middle) }
  }

  /// Keeps a value between two uses, but no longer what was kept to compute it for the second.
  func keepAndTrim(_ value: Int) {
    let middle = stage(behind: value)
    if !state.isKept(value, middle) { keepAndTrim(value, around: middle) }
  }

  /// Keeps a value between two uses, and drops another of about its size.
  func exchange(_ value: Int) {
    let middle = stage(behind: value)
    let isKept = state.isKept(value, middle)
    let size = state.sizes[value]
    for _ in 0..<8 {
      let other = candidate()
      guard other < middle, state.isKept(other, middle) != isKept,
        state.sizes[other] <= 2 * size, size <= 2 * state.sizes[other]
      else { continue }
      keepAndTrim(isKept ? other : value, around: middle)
      let dropped = isKept ? value : other
      if state.isKept(dropped, middle) { dropAndJoin(dropped, around: middle) }
      return
    }
  }

  /// What is computed again together with a value is computed where it is next needed instead, and
  /// its operands are kept until then.
  func delay(_ value: Int) {
    guard let (stage, group) = group(of: value) else { return }
    var next = stage + 1
    while next < state.count - 1, !group.contains(where: { state.isTouched($0, next) }) {
      next += 1
    }
    let away = (stage + 1)..<(next + 1)
    for value in group { state.set(value, away, keeps: false, &flipped) }
    for value in group {
      for operand in state.operands(value) {
        let operand = Int(operand)
        guard state.isKept(operand, stage), !group.contains(operand) else { continue }
        state.set(operand, away, keeps: true, &flipped)
      }
    }
  }

  /// What is computed again together with a value is computed some stages before, where its operands
  /// are needed as well.
  func hasten(_ value: Int) {
    guard let (stage, group) = group(of: value), let last = group.last else { return }
    func isMade(_ stage: Int) -> Bool {
      group.contains { state.operands($0).contains { state.isTouched(Int($0), stage) } }
    }
    let lowest = max(last, stage - 1 - generator.index(12))
    var first = stage - 1
    while first > lowest, !isMade(first) { first -= 1 }
    guard first > last else { return }
    for value in group {
      state.set(value, (first + 1)..<(stage + 1), keeps: true, &flipped)
    }
    for value in group.reversed() { trim(value, stage) }
  }

  // MARK: Parts of moves

  private func stage(behind value: Int) -> Int {
    value + 1 + generator.index(state.count - 1 - value)
  }

  private func dropAndJoin(_ value: Int, around middle: Int) {
    let gap = gap(value, around: middle)
    state.set(value, gap, keeps: false, &flipped)
    join(gap.upperBound - 1)
  }

  private func keepAndTrim(_ value: Int, around middle: Int) {
    let gap = gap(value, around: middle)
    state.set(value, gap, keeps: true, &flipped)
    trim(value, gap.upperBound - 1)
  }

  /// The stages around one at which a value waits, or is away. Only the last of them may have to do
  /// with it.
  private func gap(_ value: Int, around stage: Int) -> Range<Int> {
    let isKept = state.isKept(value, stage)
    var first = stage
    while first > value + 1, state.isKept(value, first - 1) == isKept,
      !state.isTouched(value, first - 1)
    { first -= 1 }
    var last = stage
    while last < state.count - 1, state.isKept(value, last + 1) == isKept,
      !state.isTouched(value, last)
    { last += 1 }
    return first..<(last + 1)
  }

  /// Keeps what a stage computes again until it is computed once more.
  private func join(_ stage: Int) {
    for value in computed(stage) {
      var next = stage + 1
      while next < state.count, !state.isKept(value, next), !state.isTouched(value, next) {
        next += 1
      }
      if next < state.count, !state.isKept(value, next) {
        state.set(value, (stage + 1)..<(next + 1), keeps: true, &flipped)
      }
    }
  }

  /// Drops what was kept to compute a value at a stage, and what was kept to compute that.
  private func trim(_ value: Int, _ stage: Int) {
    var waiting = [(value, stage)]
    // There may be very many ways through a graph.
    var left = 24
    while left > 0, let (value, stage) = waiting.popLast() {
      left -= 1
      for operand in state.operands(value) {
        let operand = Int(operand)
        guard !state.isTouched(operand, stage) else { continue }
        if !state.isKept(operand, stage) {
          waiting.append((operand, stage))
        } else if stage + 1 < state.count, !state.isKept(operand, stage + 1) {
          let gap = gap(operand, around: stage)
          state.set(operand, gap, keeps: false, &flipped)
          if gap.lowerBound > operand + 1 { waiting.append((operand, gap.lowerBound - 1)) }
        }
      }
    }
  }

  /// What is computed again, and kept, at one of the stages at which a value is.
  private func group(of value: Int) -> (stage: Int, values: [Int])? {
    var start = stage(behind: value)
    if state.isKept(value, start) {
      while start > value + 1, state.isKept(value, start - 1) { start -= 1 }
    } else {
      while start < state.count, !state.isKept(value, start) { start += 1 }
    }
    guard start > value + 1, start < state.count else { return nil }
    return (start - 1, computed(start - 1).filter { state.isKept($0, start) })
  }

  /// What a stage computes again, ascending.
  private func computed(_ stage: Int) -> [Int] {
    state.collect(stage)
    return (0..<state.computedCount).map { Int(state.computed[$0]) }.filter { $0 < stage }
  }
}
