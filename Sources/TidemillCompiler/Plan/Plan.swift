import TidemillGraph

extension Program {
  /// An order, lives and offsets that fit into an arena.
  ///
  /// Without a limit every call runs once. With one, values are dropped and computed again, the cheapest
  /// for the bytes they free first, until the arena fits.
  ///
  /// - Parameter limit: Bytes that the arena may have.
  /// - Returns: The first plan that fits, or else the smallest found.
  package func planned(limit: Int?) -> MemoryPlan {
    var schedule = Schedule(self)
    var best = schedule.planned()
    guard let limit else { return best }
    while best.arenaBytes > limit, let smaller = Recomputation.step(from: schedule) {
      schedule = smaller
      let plan = schedule.planned()
      if plan.arenaBytes < best.arenaBytes { best = plan }
    }
    return best
  }
}

extension Schedule {
  /// Offsets for this order.
  func planned() -> MemoryPlan {
    let classes = InPlaceClasses(of: self)
    var blockOfClass: [Int: Int] = [:]
    var blocks: [OffsetProblem.Block] = []
    for value in 0..<valueCount {
      let life = lifetime(of: value)
      if let block = blockOfClass[classes.representative[value]] {
        let known = blocks[block].lifetime
        blocks[block].lifetime =
          min(known.lowerBound, life.lowerBound)...max(known.upperBound, life.upperBound)
      } else {
        blockOfClass[classes.representative[value]] = blocks.count
        blocks.append(.init(lifetime: life, size: alignedSize(of: value)))
      }
    }
    let problem = OffsetProblem(blocks: blocks)
    let solution = problem.solved()
    let values = (0..<valueCount).map { value in
      MemoryPlan.Value(
        buffer: uses[value].buffer, lifetime: lifetime(of: value),
        offset: solution.offsets[blockOfClass[classes.representative[value]] ?? 0],
        byteCount: program[uses[value].buffer].byteCount)
    }
    return MemoryPlan(
      steps: steps, values: values, arenaBytes: blocks.isEmpty ? 0 : solution.height,
      livePeak: problem.livePeak)
  }
}
