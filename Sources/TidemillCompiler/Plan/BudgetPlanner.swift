import TidemillGraph

/// Plans a graph for a budget.
///
/// Up to four programs compute it. In some, products that end in an update are walked in one piece of depth. That is
/// slower, and their sums need no memory; in the others, more has to be computed again. And of each there may be one whose
/// calls come in an order in which less is live.
struct BudgetPlanner {
  private let lowered: (_ savesMemory: Bool) -> Program
  private let planning: Planning
  private let threads: Int
  private let fastest: PlanCandidate

  init(
    _ graph: Graph, blocks: GemmBlocks, streaming: Streaming, planning: Planning, threads: Int
  ) {
    lowered = { graph.lowered(blocks: blocks, streaming: streaming, savesMemory: $0) }
    (self.planning, self.threads) = (planning, threads)
    fastest = PlanCandidate(lowered(false), threads)
  }

  /// The fastest program if every call may run once; else the one that is the fastest in so much memory.
  ///
  /// - Throws: `argument` where the budget is no number, `plan` where sizes sum to 2⁶⁶ bytes or more.
  func planned(_ budget: MemoryBudget) throws -> PlannedProgram {
    let room = try budget.room(beside: fastest.fixedBytes)
    let search = planning.search(threads)
    guard room != .unlimited, planning.store != nil else {
      return try searched(room, search, key: nil, refusal: nil)
    }
    let key = fastest.program.planDigest(room, search)
    let read = planning.read(key) { try proven($0, room, search) }
    if let plan = read.plan { return plan }
    return try searched(room, search, key: key, refusal: read.refusal)
  }

  /// - Parameters:
  ///   - seconds: Of a step.
  ///   - base: Of a step without a budget.
  private func result(
    _ candidate: PlanCandidate, _ arena: PlannedArena, seconds: Double, base: Double,
    _ file: PlanFileUse = .none
  ) -> PlannedProgram {
    // No threads share work better than evenly.
    let least = Double(fastest.sequence.baseCost + arena.leastExtraCost) * 1e-12
    return PlannedProgram(
      candidate: candidate, arena: arena, seconds: seconds, baseSeconds: base,
      leastSeconds: least / Double(threads), file: file)
  }

  // MARK: Search

  private func searched(
    _ room: ArenaRoom, _ search: PlanSearch, key: String?, refusal: String?
  ) throws -> PlannedProgram {
    let whole = try fastest.sideBySide()
    let base = fastest.span(of: whole)
    let limit = room.limit(whole: whole.arenaBytes, search)
    let refused = refusal.map { PlanFileUse.refused($0) }
    if whole.arenaBytes <= limit ?? .max {
      let arena = PlannedArena(
        plan: whole, room: nil, floorBytes: fastest.sequence.floorBytes, leastExtraCost: 0)
      return result(fastest, arena, seconds: base, base: base, refused ?? .none)
    }
    func plan(_ number: Int, _ candidate: PlanCandidate, programs: Int) throws -> Found {
      let room = room == .smallest ? room : .bytes(left(of: limit, beside: candidate))
      var share = search
      share.programs = programs
      let arena = try candidate.planned(room, share, goal: base)
      return Found(
        number: number, candidate: candidate, arena: arena, seconds: candidate.span(of: arena.plan),
        arenaThere: search.arenaThere)
    }
    let variants = variants()
    let found = try variants.map { try plan($0, $1, programs: variants.count) }
    let best = found.dropFirst().reduce(found[0]) {
      $1.isBetter(than: $0, smallest: room == .smallest) ? $1 : $0
    }
    var arena = best.arena
    arena.leastExtraCost = found.map { slower($0.candidate) + $0.arena.leastExtraCost }.min() ?? 0
    let floor = found.map { $0.candidate.fixedBytes + $0.arena.floorBytes }.min() ?? 0
    arena.floorBytes = max(0, floor - best.candidate.fixedBytes)
    var use = refused ?? .none
    if let key, arena.fits {
      use = refused ?? .written
      let file = PlanFile(
        arena, program: best.number, whole: whole.arenaBytes, wholeSeconds: base)
      if let reason = planning.write(file, key) { use = .unwritten(reason) }
    }
    return result(best.candidate, arena, seconds: best.seconds, base: base, use)
  }

  /// The cheapest plan of a program.
  private struct Found {
    let number: Int
    let candidate: PlanCandidate
    let arena: PlannedArena
    let seconds: Double
    let arenaThere: Int

    private var bytes: Int { candidate.fixedBytes + max(arenaThere, arena.plan.arenaBytes) }

    /// The faster one of those that fit is; the smaller one where that is asked for, or none fits.
    func isBetter(than other: Found, smallest: Bool) -> Bool {
      if arena.fits != other.arena.fits { return arena.fits }
      guard smallest || !arena.fits else { return seconds < other.seconds }
      return (bytes, seconds) < (other.bytes, other.seconds)
    }
  }

  // MARK: Files

  private func proven(
    _ file: PlanFile, _ room: ArenaRoom, _ search: PlanSearch
  ) throws -> PlannedProgram {
    guard let candidate = variant(file.program) else {
      throw TidemillError(.planFile, "the plan is for a program that there is not")
    }
    guard file.whole <= fastest.program.mostArenaBytes, mayTake(file.wholeSeconds) else {
      throw TidemillError(.planFile, "the plan without a budget is not one for the program")
    }
    // That there is no smaller plan than the smallest would take a search.
    let limit =
      room == .smallest
      ? max(file.whole, search.arenaThere) : room.limit(whole: file.whole, search)
    let arena = try file.proven(
      for: candidate.program, room: left(of: limit, beside: candidate),
      floor: candidate.sequence.floorBytes, slower: slower(candidate))
    return result(
      candidate, arena, seconds: candidate.span(of: arena.plan), base: file.wholeSeconds, .loaded)
  }

  /// Whether a step may take so long without a budget: no threads share work better than evenly, and none waits while
  /// all others do. What takes no time counts as a billionth of a second.
  private func mayTake(_ seconds: Double) -> Bool {
    guard threads > 1 else { return seconds == fastest.baseSeconds }
    let tiles = Double(fastest.program.calls.count * threads)
    let least = fastest.baseSeconds / Double(threads) * (1 - 1e-9)
    let most = fastest.baseSeconds * (1 + 1e-9) + tiles * 1e-9
    return seconds >= least && seconds <= most
  }

  // MARK: Programs

  /// Programs that differ, by their numbers.
  private func variants() -> [(number: Int, candidate: PlanCandidate)] {
    let lean = variant(1)
    let plain = [(0, fastest)] + (lean.map { [(1, $0)] } ?? [])
    return plain
      + plain.compactMap { number, candidate in
        candidate.thrifty().map { (number + 2, $0) }
      }
  }

  /// The program of a number: 1 added for walking updates in one piece, 2 for an order in which less is live. There is
  /// none where it would be the same.
  private func variant(_ number: Int) -> PlanCandidate? {
    var candidate = fastest
    if number % 2 == 1 {
      candidate = PlanCandidate(lowered(true), threads)
      if candidate.sequence == fastest.sequence { return nil }
    }
    return number < 2 ? candidate : candidate.thrifty()
  }

  /// What a budget, told as the fastest program's arena, leaves for a program's.
  private func left(of limit: Int?, beside candidate: PlanCandidate) -> Int {
    max(0, (limit ?? 0) + fastest.fixedBytes - candidate.fixedBytes)
  }

  /// By how much a program is slower than the fastest one, in picoseconds.
  private func slower(_ candidate: PlanCandidate) -> Int {
    max(0, candidate.sequence.baseCost - fastest.sequence.baseCost)
  }
}

extension Program {
  /// What the values take without reuse of memory.
  fileprivate var mostArenaBytes: Int {
    buffers.indices.reduce(0) {
      let buffer = BufferID($1)
      return isTemporary(buffer) ? $0 + units(of: buffer) * MemoryPlan.alignment : $0
    }
  }
}
