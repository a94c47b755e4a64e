import TidemillGraph
import TidemillPlanning

extension Program {
  /// An order, lives and offsets that fit into an arena.
  ///
  /// Without a limit every call runs once. With one, plans for arenas of many sizes are made, the same
  /// whatever the limit, and the cheapest whose arena, packed, fits is taken. So a larger arena never makes
  /// a plan more expensive.
  ///
  /// - Returns: The plan, or the smallest found where none fits.
  /// - Throws: `plan` where sizes sum to 2⁶⁶ bytes or more.
  package func planned(
    _ room: ArenaRoom, _ search: PlanSearch = PlanSearch()
  ) throws -> PlannedArena {
    let base = try Schedule(self).planned()
    let sequence = callSequence()
    var result = PlannedArena(
      plan: base, room: room.limit(base, search), floorBytes: sequence.floorBytes,
      leastExtraCost: 0)
    guard let limit = result.room, base.arenaBytes > limit else { return result }
    let seconds = search.seconds / Double(search.programs)
    let deadline = Deadline(seconds: seconds * 0.75)
    let ladder = EvictionLadder(
      sequence, effort: search.effort, threads: search.threads, deadline: deadline)
    result.plan = try ladder.plan(self, within: limit, or: base)
    if room == .smallest { result.room = result.plan.arenaBytes }
    result.leastExtraCost = sequence.extraCostBound(
      budget: (result.room ?? 0) / MemoryPlan.alignment,
      deadline: Deadline(seconds: seconds * 0.25))
    return result
  }
}

extension ArenaRoom {
  /// The bytes that it comes to.
  ///
  /// - Parameter base: The plan in which every call runs once.
  func limit(_ base: MemoryPlan, _ search: PlanSearch) -> Int? {
    switch self {
    case .unlimited: nil
    case .bytes(let bytes): bytes
    case .fraction(let share):
      max(search.arenaThere, Int(Double(base.arenaBytes) * min(1, max(0, share))))
    case .smallest: search.arenaThere
    }
  }
}

extension CallSequence {
  /// What no arena takes less than.
  var floorBytes: Int { floor.size * MemoryPlan.alignment }
}

extension EvictionLadder {
  /// The cheapest plan within a limit, or else the smallest.
  fileprivate func plan(
    _ program: Program, within limit: Int, or base: MemoryPlan
  ) throws -> MemoryPlan {
    let limitUnits = limit / MemoryPlan.alignment
    // The cheapest have the highest peaks, and no arena is lower than its peak.
    for rung in rungs.reversed() where rung.peak <= limitUnits {
      let plan = try Schedule(program, runs: rung.runs).planned()
      if plan.arenaBytes <= limit { return plan }
    }
    var best = base
    for rung in rungs where rung.peak * MemoryPlan.alignment < best.arenaBytes {
      let plan = try Schedule(program, runs: rung.runs).planned()
      if plan.arenaBytes < best.arenaBytes { best = plan }
    }
    return best
  }
}
