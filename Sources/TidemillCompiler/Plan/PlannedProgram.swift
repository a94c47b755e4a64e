import TidemillGraph

/// A graph's program with the plan of its memory, and what is known of all programs that compute the graph.
struct PlannedProgram {
  let program: Program
  let arena: PlannedArena
  let threads: Int
  /// Seconds that a tile of a call should take.
  let grain: Double
  let file: PlanFileUse
  /// A step of the fastest program in which everything runs once.
  let baseSeconds: Double
  /// What no program takes less than, of what a budget counts.
  let floorBytes: Int

  var fixedBytes: Int { program.fixedBytes(threads: threads) }
  /// The budget: what was asked for, or the smallest.
  var allowedBytes: Int { fixedBytes + (arena.room ?? 0) }
  var seconds: Double { program.seconds(of: arena.plan) }
  /// What a step of no program and no plan takes less than. Costs are rounded where they are whole numbers.
  var leastSeconds: Double {
    min(seconds, baseSeconds + Double(arena.leastExtraCost) * 1e-12)
  }
}

extension PlannedProgram {
  /// The fastest program if every call may run once; else of two the one that is faster in so much memory.
  ///
  /// In one, products that end in an update are walked in one piece of depth. That is slower, and their sums need no
  /// memory; in the other, more has to be computed again.
  ///
  /// - Throws: `argument` where the budget is no number, `plan` where sizes sum to 2⁶⁶ bytes or more.
  static func best(
    of graph: Graph, blocks: GemmBlocks, streaming: Streaming, budget: MemoryBudget,
    planning: Planning, threads: Int
  ) throws -> PlannedProgram {
    let fastest = PlanCandidate(graph.lowered(blocks: blocks, streaming: streaming), threads)
    let room = try budget.room(beside: fastest.fixedBytes)
    let sideBySide = try Schedule(fastest).planned()
    var search = planning.search(threads)
    let limit = room.limit(sideBySide, search)
    if room != .smallest, let once = try fastest.onceWithin(limit, sideBySide) {
      let arena = PlannedArena(
        plan: once, room: nil, floorBytes: fastest.sequence.floorBytes, leastExtraCost: 0)
      return PlannedProgram(fastest, arena, .none, among: [fastest])
    }
    let lean = PlanCandidate(
      graph.lowered(blocks: blocks, streaming: streaming, savesMemory: true), threads)
    var candidates = lean.sequence == fastest.sequence ? [fastest] : [fastest, lean]
    search.programs = candidates.count
    let total = (limit ?? 0) + fastest.fixedBytes
    for index in candidates.indices {
      let left = max(0, total - candidates[index].fixedBytes)
      candidates[index].room = room == .smallest ? .smallest : .bytes(left)
    }
    return try best(of: candidates, planning, search)
  }

  /// The one that was found best before, or is now.
  private static func best(
    of candidates: [PlanCandidate], _ planning: Planning, _ search: PlanSearch
  ) throws -> PlannedProgram {
    let base = candidates.map(\.sequence.baseCost).min() ?? 0
    var use: PlanFileUse = planning.store == nil ? .none : .written
    for candidate in candidates {
      let file = planning.read(candidate, slower: candidate.sequence.baseCost - base, search)
      if let arena = file.arena {
        return PlannedProgram(candidate, arena, .loaded, among: candidates)
      }
      if let reason = file.refusal { use = .refused(reason) }
    }
    let found = try candidates.map { ($0, try $0.program.planned($0.room, search)) }
    var (best, arena) = found.dropFirst().reduce(found[0]) {
      PlanCandidate.isBetter($1, than: $0) ? $1 : $0
    }
    let least = found.map { $0.0.sequence.baseCost - base + $0.1.leastExtraCost }.min() ?? 0
    arena.leastExtraCost = least
    if arena.fits {
      if let reason = planning.write(arena, best, search) { use = .unwritten(reason) }
    } else {
      use = .none
    }
    return PlannedProgram(best, arena, use, among: candidates)
  }

  private init(
    _ candidate: PlanCandidate, _ arena: PlannedArena, _ file: PlanFileUse,
    among programs: [PlanCandidate]
  ) {
    program = candidate.program
    threads = candidate.threads
    grain = candidate.grain
    self.arena = arena
    self.file = file
    baseSeconds = programs.map(\.baseSeconds).min() ?? 0
    floorBytes = programs.map { $0.fixedBytes + $0.sequence.floorBytes }.min() ?? 0
  }
}
