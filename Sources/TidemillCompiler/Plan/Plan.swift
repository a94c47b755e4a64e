import TidemillGraph
import TidemillPlanning

extension Program {
  /// An order, lives and offsets that fit into an arena, for the threads of the search.
  ///
  /// - Returns: The plan, or the smallest found where none fits.
  /// - Throws: `plan` where sizes sum to 2⁶⁶ bytes or more.
  package func planned(
    _ room: ArenaRoom, _ search: PlanSearch = PlanSearch()
  ) throws -> PlannedArena {
    try PlanCandidate(self, search.threads).planned(room, search)
  }
}

extension PlanCandidate {
  /// An order, lives and offsets that fit into an arena.
  ///
  /// Without a limit every call runs once. With one, plans for arenas of many sizes are made, the same
  /// whatever the limit, and the fastest that fits is taken. So a larger arena never makes a plan slower.
  ///
  /// - Parameter goal: Seconds; a plan that takes no longer is fast enough.
  /// - Returns: The plan, or the smallest found where none fits.
  /// - Throws: `plan` where sizes sum to 2⁶⁶ bytes or more.
  func planned(
    _ room: ArenaRoom, _ search: PlanSearch, goal: Double = 0
  ) throws -> PlannedArena {
    let base = try Schedule(program).planned()
    var result = PlannedArena(
      plan: base, room: room.limit(whole: base.arenaBytes, search),
      floorBytes: sequence.floorBytes, leastExtraCost: 0)
    guard let limit = result.room else { return result }
    if base.arenaBytes <= limit {
      let once = try widened(base, within: limit)
      if threads == 1 || once.span <= goal {
        result.plan = once.plan
        return result
      }
    }
    let seconds = search.seconds / Double(search.programs)
    let deadline = Deadline(seconds: seconds * 0.75)
    let ladder = EvictionLadder(
      sequence, effort: search.effort, threads: search.threads, deadline: deadline)
    result.plan = try fastest(of: ladder, within: limit) ?? smallest(of: ladder, or: base)
    if room == .smallest { result.room = result.plan.arenaBytes }
    result.leastExtraCost = sequence.extraCostBound(
      budget: (result.room ?? 0) / MemoryPlan.alignment,
      deadline: Deadline(seconds: seconds * 0.25))
    return result
  }

  /// The fastest plan within a limit, if there is one.
  private func fastest(of ladder: EvictionLadder, within limit: Int) throws -> MemoryPlan? {
    let limitUnits = limit / MemoryPlan.alignment
    var best: (plan: MemoryPlan, span: Double)?
    // The cheapest have the highest peaks, and no arena is lower than its peak.
    for rung in ladder.rungs.reversed() where rung.peak <= limitUnits {
      let work = Double(sequence.baseCost + rung.extraCost) * 1e-12
      // The threads take this long for it at the least, and longer for all that follow.
      if let best, work / Double(threads) >= best.span { break }
      // And mostly no less than if no value took the bytes of another.
      if let best, span(ofRuns: rung.runs) >= best.span { continue }
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
