import TidemillGraph

/// A plan as text, from one process to the next; see docs/planner.md.
///
/// Lines of names and whole numbers. What is read is never trusted: the text must be whole by its own
/// digest, be for this program and budget, and the plan goes through the verifier. What the file says about
/// the plan is computed again where that is cheap; the bound on what runs again, which is not, must be one
/// that the plan does not contradict.
package enum PlanFile {
  /// Counts what plans of the same program may look like; raised where planning changes.
  package static let version = 3

  private static let title = "tidemill-plan \(version)"
  private static let mostBytes = 1 << 26
  private static let mostRuns = 1 << 20

  /// Writes a plan.
  ///
  /// - Throws: `plan-file` for one that would be refused, as it is too large.
  package static func bytes(of planned: PlannedArena, key: String) throws -> [UInt8] {
    let plan = planned.plan
    try check(runs: plan.steps.count)
    let body = """
      \(title)
      key \(key)
      floor \(planned.floorBytes)
      least-extra \(planned.leastExtraCost)
      arena \(plan.arenaBytes)
      live-peak \(plan.livePeak)
      calls \(plan.steps.map { "\($0.call)" }.joined(separator: " "))
      offsets \(plan.values.map { "\($0.offset)" }.joined(separator: " "))

      """
    let bytes = Array("\(body)digest \(digest(Array(body.utf8)))\n".utf8)
    try check(bytes: bytes.count)
    return bytes
  }

  private static func check(bytes: Int) throws {
    guard bytes <= mostBytes else { throw refused("the file is too large for a plan") }
  }

  private static func check(runs: Int) throws {
    guard runs <= mostRuns else { throw refused("the plan has too many calls") }
  }

  private static func refused(_ reason: String) -> TidemillError {
    TidemillError(.planFile, reason)
  }

  private static func digest(_ bytes: some Collection<UInt8>) -> String {
    var digest = PlanDigest()
    digest.add(bytes)
    return digest.text
  }

  /// Reads and proves a plan.
  ///
  /// - Parameter slower: By how much the program is slower than the fastest one for the same graph, which bounds
  ///   are told against, in picoseconds.
  /// - Throws: `plan-file` with the reason why the file is not for this program and budget, is damaged, or
  ///   says what is not so; `internal-inconsistency` where the plan is none.
  package static func plan(
    in bytes: [UInt8], key: String, for program: Program, _ room: ArenaRoom,
    _ search: PlanSearch = PlanSearch(), slower: Int = 0
  ) throws -> PlannedArena {
    try check(bytes: bytes.count)
    guard let end = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")),
      bytes[(end + 1)...].elementsEqual("digest \(digest(bytes[...end]))\n".utf8)
    else { throw refused("the file is damaged") }
    var lines = String(decoding: bytes[..<end], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == title[...] else {
      throw refused("the file is of another version of plans")
    }
    guard lines.popFirst() == "key \(key)"[...] else {
      throw refused("the plan is for another program or another budget")
    }
    func numbers(_ name: String) throws -> [Int] {
      let words = lines.popFirst()?.split(separator: " ") ?? []
      let numbers = words.dropFirst().compactMap { Int($0) }
      guard words.first == name[...], numbers.count + 1 == words.count,
        numbers.allSatisfy({ 0..<(1 << 60) ~= $0 })
      else { throw refused("the line '\(name)' is damaged") }
      return numbers
    }
    func number(_ name: String) throws -> Int {
      let numbers = try numbers(name)
      guard numbers.count == 1 else { throw refused("the line '\(name)' is damaged") }
      return numbers[0]
    }
    let (floor, extra) = (try number("floor"), try number("least-extra"))
    let (arena, peak) = (try number("arena"), try number("live-peak"))
    let (runs, offsets) = (try numbers("calls"), try numbers("offsets"))
    try check(runs: runs.count)
    guard runs.allSatisfy(program.calls.indices.contains) else {
      throw refused("the plan has calls that the program has not")
    }
    let schedule = Schedule(program, runs: runs)
    guard offsets.count == schedule.valueCount else {
      throw refused("the plan has other values than the program")
    }
    let plan = schedule.plan(offsets: offsets, arenaBytes: arena, livePeak: peak)
    try plan.verify(program)
    guard try room.admits(plan, of: program, search) else {
      throw refused("the plan is not within the budget")
    }
    guard arena == plan.end else { throw refused("the arena does not end where the plan does") }
    guard peak == (try schedule.livePeak()) else {
      throw refused("the live peak is not that of the plan")
    }
    guard floor == program.callSequence().floorBytes else {
      throw refused("the floor is not that of the program")
    }
    guard Double(extra) <= plan.extraCost(of: program) + Double(slower) else {
      throw refused("the bound is above what the plan has")
    }
    return PlannedArena(plan: plan, room: arena, floorBytes: floor, leastExtraCost: extra)
  }
}

extension ArenaRoom {
  /// Whether a plan is one that may be made for this room.
  fileprivate func admits(
    _ plan: MemoryPlan, of program: Program, _ search: PlanSearch
  ) throws -> Bool {
    switch self {
    case .unlimited: return true
    case .bytes(let bytes): return plan.arenaBytes <= bytes
    case .fraction:
      let limit = limit(try Schedule(program).planned(), search) ?? 0
      return plan.arenaBytes <= limit
    case .smallest:
      // That there is no smaller one would take a search.
      return plan.arenaBytes <= max(search.arenaThere, try Schedule(program).planned().arenaBytes)
    }
  }
}

extension MemoryPlan {
  /// Where the last value ends, rounded up to the alignment.
  fileprivate var end: Int {
    let end = values.reduce(0) { max($0, $1.byteCount > 0 ? $1.offset + $1.byteCount : 0) }
    return (end + Self.alignment - 1) / Self.alignment * Self.alignment
  }

  /// What runs beyond the first of each call costs, in picoseconds. A file may have so many runs that whole
  /// numbers overflow; those of real plans are exact.
  fileprivate func extraCost(of program: Program) -> Double {
    steps.reduce(0) {
      $0 + ($1.isRecomputation ? Double(program.calls[$1.call].call.cost.picoseconds) : 0)
    }
  }
}

extension TidemillError.Code {
  /// A file of a plan is damaged, or for something else.
  package static let planFile = Self("plan-file")
}
