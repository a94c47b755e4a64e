import TidemillGraph
import TidemillPlanning

extension PlanCandidate {
  /// An order, lives and offsets that fit into an arena.
  ///
  /// Without a limit every call runs once. With one, plans for arenas of many sizes are made, the same
  /// whatever the limit, and the fastest that fits is taken. So a larger arena never makes a plan slower.
  ///
  /// - Parameter goal: Seconds; a plan that takes no longer is fast enough.
  /// - Returns: The plan, or the smallest found where none fits.
  /// - Throws: `plan` where sizes sum to 2⁶⁶ bytes or more.
  package func planned(
    _ room: ArenaRoom, _ search: PlanSearch, goal: Double = 0
  ) throws -> PlannedArena {
    let base = try Schedule(program).planned()
    var result = PlannedArena(
      plan: base, room: room.limit(whole: base.arenaBytes, search),
      floorBytes: sequence.floorBytes, leastExtraCost: 0)
    guard let limit = result.room else { return result }
    var once: (plan: MemoryPlan, span: Double)?
    if base.arenaBytes <= limit {
      let found = try widened(base, within: limit)
      if threads == 1 || found.span <= goal {
        result.plan = found.plan
        return result
      }
      once = found
    }
    let seconds = search.seconds / Double(search.programs)
    let deadline = Deadline(seconds: seconds * 0.75)
    let ladder = EvictionLadder(
      sequence, effort: search.effort, programs: search.programs, threads: search.threads,
      deadline: deadline)
    if let found = try fastest(of: ladder, within: limit, or: once, deadline: deadline) {
      result.plan = found
    } else {
      let smallest = try smallest(of: ladder, or: base)
      // Of those that are no larger it may not be the fastest.
      result.plan =
        try fastest(of: ladder, within: smallest.arenaBytes, or: nil, deadline: deadline)
        ?? smallest
    }
    if room == .smallest { result.room = max(limit, result.plan.arenaBytes) }
    result.leastExtraCost = sequence.extraCostBound(
      budget: (result.room ?? 0) / MemoryPlan.alignment,
      deadline: Deadline(seconds: seconds * 0.25))
    return result
  }

  /// The fastest plan within a limit, if there is one.
  ///
  /// - Parameters:
  ///   - once: That in which every call runs once, if it fits.
  ///   - deadline: When to take the first that fits.
  private func fastest(
    of ladder: EvictionLadder, within limit: Int, or once: (plan: MemoryPlan, span: Double)?,
    deadline: Deadline
  ) throws -> MemoryPlan? {
    let limitUnits = limit / MemoryPlan.alignment
    var best = once
    // The cheapest have the highest peaks, and no arena is lower than its peak.
    for rung in ladder.rungs.reversed() where rung.peak <= limitUnits {
      if once != nil && rung.runs.elementsEqual(program.calls.indices) { continue }
      if let best {
        // The threads take this long for it at the least, and longer for all that follow.
        let work = Double(sequence.baseCost + rung.extraCost) * 1e-12
        if work / Double(threads) >= best.span || deadline.isPast { break }
        if span(ofRuns: rung.runs) >= best.span { continue }
      }
      let oneByOne = try Schedule(program, runs: rung.runs).planned()
      guard oneByOne.arenaBytes <= limit else { continue }
      let wide = try widened(oneByOne, within: limit)
      if wide.span < best?.span ?? .infinity { best = wide }
    }
    return best?.plan
  }

  private func smallest(of ladder: EvictionLadder, or base: MemoryPlan) throws -> MemoryPlan {
    var best = base
    for rung in ladder.rungs where rung.peak * MemoryPlan.alignment < best.arenaBytes {
      let plan = try Schedule(program, runs: rung.runs).planned()
      if plan.arenaBytes < best.arenaBytes { best = plan }
    }
    return best
  }
}

extension CallSequence {
  /// What no arena takes less than.
  var floorBytes: Int { floor.size * MemoryPlan.alignment }
}
