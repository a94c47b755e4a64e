import TidemillGraph
import TidemillPlanning

/// One of the programs that compute a graph, and the room that a budget leaves for its arena.
struct PlanCandidate {
  let program: Program
  let threads: Int
  let sequence: CallSequence
  /// The calls that each call waits for; none where one thread runs them anyway.
  let predecessors: [[Int]]
  var room = ArenaRoom.unlimited

  init(_ program: Program, _ threads: Int) {
    (self.program, self.threads) = (program, threads)
    sequence = program.callSequence()
    predecessors = threads > 1 ? program.predecessors() : []
  }

  var fixedBytes: Int { program.fixedBytes(threads: threads) }

  /// Seconds that a tile of a call should take.
  var grain: Double { TileEstimate.grain(program, predecessors, workers: threads) }

  /// A step in which everything runs once.
  var baseSeconds: Double { program.calls.reduce(0) { $0 + $1.call.cost.seconds } }

  /// What its plan is called where plans are kept.
  func key(_ search: PlanSearch) -> String { program.planDigest(room, search) }

  /// A plan in which every call runs once: that for calls that run side by side where it fits, or else that for calls one
  /// after the other, with which tasks wait for bytes more often.
  func onceWithin(_ limit: Int?, _ sideBySide: MemoryPlan) throws -> MemoryPlan? {
    guard let limit, sideBySide.arenaBytes > limit else { return sideBySide }
    guard threads > 1 else { return nil }
    let oneByOne = try Schedule(program).planned()
    return oneByOne.arenaBytes <= limit ? oneByOne : nil
  }

  /// The faster one of those that fit; the smaller one where that is asked for, or none fits.
  static func isBetter(
    _ one: (candidate: PlanCandidate, arena: PlannedArena),
    than other: (candidate: PlanCandidate, arena: PlannedArena)
  ) -> Bool {
    if one.arena.fits != other.arena.fits { return one.arena.fits }
    let seconds = [one, other].map { $0.candidate.program.seconds(of: $0.arena.plan) }
    guard one.candidate.room == .smallest || !one.arena.fits else { return seconds[0] < seconds[1] }
    let bytes = [one, other].map { $0.candidate.fixedBytes + $0.arena.plan.arenaBytes }
    return (bytes[0], seconds[0]) < (bytes[1], seconds[1])
  }
}

extension Program {
  /// What a step of a plan takes. Plans that run the same calls as often take the same time, in whatever order.
  func seconds(of plan: MemoryPlan) -> Double {
    var runs = [Double](repeating: 0, count: calls.count)
    for step in plan.steps { runs[step.call] += 1 }
    return zip(calls, runs).reduce(0) { $0 + $1.0.call.cost.seconds * $1.1 }
  }

  /// What a budget counts beside the arena, and no plan changes.
  func fixedBytes(threads: Int) -> Int {
    stateBytes + outputBytes + workspaceBytes(threads: threads)
  }

  var outputBytes: Int { outputTypes.reduce(0) { $0 + $1.byteCount } }

  func workspaceBytes(threads: Int) -> Int {
    (calls.map(\.call.workspaceBytes).max() ?? 0) * threads
  }
}
