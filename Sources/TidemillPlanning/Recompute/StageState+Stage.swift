// What one stage computes, costs and needs.
extension StageState {
  /// Works out what a stage computes, costs and needs.
  func evaluate(_ stage: Int) {
    collect(stage)
    let row = touched + stage * words
    row.update(repeating: 0, count: words)
    for place in 0..<computedCount {
      let operation = Int(computed[place])
      mark(row, operation)
      for operand in operands(operation) {
        mark(row, Int(operand))
        lastUse[Int(operand)] = Int32(place)
      }
    }
    let live = liveBefore(stage)
    let (peak, cost) = play(stage, live)
    self.cost += cost - stageCost[stage]
    stageCost[stage] = cost
    setPeak(stage, peak)
  }

  @inline(__always)
  private func mark(_ row: UnsafeMutablePointer<UInt64>, _ value: Int) {
    row[value >> 6] |= 1 << UInt64(value & 63)
  }

  /// All that a stage computes, ascending.
  func collect(_ stage: Int) {
    computedCount = 0
    demand(stage)
    let before = kept + stage * words
    let after = before + words
    for word in 0..<words {
      var bits = after[word] & ~before[word]
      while bits != 0 {
        demand(word << 6 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
    var next = 0
    while next < computedCount {
      for operand in operands(Int(computed[next])) where !isKept(Int(operand), stage) {
        demand(Int(operand))
      }
      next += 1
    }
    sortComputed()
    for place in 0..<computedCount { isMarked[Int(computed[place])] = false }
  }

  @inline(__always)
  private func demand(_ operation: Int) {
    if isMarked[operation] { return }
    isMarked[operation] = true
    computed[computedCount] = Int32(operation)
    computedCount += 1
  }

  private func sortComputed() {
    if computedCount > 16 {
      var all = UnsafeMutableBufferPointer(start: computed, count: computedCount)
      return all.sort()
    }
    var index = 1
    while index < computedCount {
      let moving = computed[index]
      var place = index
      while place > 0, computed[place - 1] > moving {
        computed[place] = computed[place - 1]
        place -= 1
      }
      computed[place] = moving
      index += 1
    }
  }

  /// What is kept for the stage, but for what it has no use for.
  private func liveBefore(_ stage: Int) -> Int {
    var live = 0
    let before = kept + stage * words
    let after = before + words
    let row = touched + stage * words
    for word in 0..<words {
      var bits = before[word] & (after[word] | row[word])
      while bits != 0 {
        live += sizes[word << 6 + bits.trailingZeroBitCount]
        bits &= bits - 1
      }
    }
    return live
  }

  private func play(_ stage: Int, _ before: Int) -> (peak: Int, cost: Int) {
    var live = before
    var peak = before
    var cost = 0
    for place in 0..<computedCount {
      let operation = Int(computed[place])
      live += sizes[operation]
      cost += costs[operation]
      peak = max(peak, live)
      for operand in operands(operation) {
        let operand = Int(operand)
        // Cleared where it is over; others are read again.
        guard lastUse[operand] == place else { continue }
        lastUse[operand] = -1
        if !isKept(operand, stage + 1) { live -= sizes[operand] }
      }
      if lastUse[operation] < 0 && !isKept(operation, stage + 1) { live -= sizes[operation] }
    }
    return (peak, cost)
  }
}
