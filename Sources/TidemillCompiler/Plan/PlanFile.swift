import TidemillGraph

/// A plan as text, from one process to the next; see docs/planner.md.
///
/// Lines of names and whole numbers. What is read is never trusted: the text must be whole by its own
/// digest and be for this program and budget, and the plan goes through the verifier. What follows from the plan is
/// computed again, not read. Bounds, which would take a search, must be ones that the plan does not contradict.
package struct PlanFile: Sendable {
  /// Counts what plans of the same program may look like; raised where planning changes.
  package static let version = 4

  /// Which of the programs that compute a graph, see ``BudgetPlanner``; 0 for the fastest.
  package var program: Int
  /// The arena of the fastest program in which every call runs once; a budget may be a fraction of it.
  package var whole: Int
  /// What a step takes in that arena, on the threads.
  package var wholeSeconds: Double
  /// What no arena takes less than, whichever the program.
  package var floor: Int
  /// What any plan within the budget costs, at the least, beyond the fastest program, in picoseconds.
  package var leastExtra: Int
  /// The most bytes that live at a time, of runs one after the other or side by side.
  package var livePeak: Int
  /// Calls in the order in which they run.
  package var calls: [Int]
  /// Bytes from the start of the arena, for each life of a value in the order in which they begin.
  package var offsets: [Int]

  package init(
    _ planned: PlannedArena, program: Int, whole: Int, wholeSeconds: Double
  ) {
    (self.program, self.whole, self.wholeSeconds) = (program, whole, wholeSeconds)
    (floor, leastExtra) = (planned.floorBytes, planned.leastExtraCost)
    livePeak = planned.plan.livePeak
    calls = planned.plan.steps.map(\.call)
    offsets = planned.plan.values.map(\.offset)
  }
}

// MARK: Text

extension PlanFile {
  private static let title = "tidemill-plan \(version)"
  private static let mostBytes = 1 << 26
  private static let mostRuns = 1 << 20
  private static let lowBits: UInt64 = (1 << 32) - 1

  /// The text of the plan.
  ///
  /// - Throws: `plan-file` for one that would be refused, as it is too large.
  package func bytes(key: String) throws -> [UInt8] {
    try Self.check(runs: calls.count)
    func text(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }
    let body = """
      \(Self.title)
      key \(key)
      program \(program)
      whole \(whole)
      seconds \(wholeSeconds.bitPattern >> 32) \(wholeSeconds.bitPattern & Self.lowBits)
      floor \(floor)
      least-extra \(leastExtra)
      live-peak \(livePeak)
      calls \(text(calls))
      offsets \(text(offsets))

      """
    let bytes = Array("\(body)digest \(Self.digest(Array(body.utf8)))\n".utf8)
    try Self.check(bytes: bytes.count)
    return bytes
  }

  /// Reads the text of a plan.
  ///
  /// - Throws: `plan-file` with the reason why it is damaged, or not for this program and budget.
  package init(_ bytes: [UInt8], key: String) throws {
    try Self.check(bytes: bytes.count)
    guard let end = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")),
      bytes[(end + 1)...].elementsEqual("digest \(Self.digest(bytes[...end]))\n".utf8)
    else { throw Self.refused("the file is damaged") }
    var lines = String(decoding: bytes[..<end], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == Self.title[...] else {
      throw Self.refused("the file is of another version of plans")
    }
    guard lines.popFirst() == "key \(key)"[...] else {
      throw Self.refused("the plan is for another program or another budget")
    }
    func numbers(_ name: String) throws -> [Int] {
      let words = lines.popFirst()?.split(separator: " ") ?? []
      let numbers = words.dropFirst().compactMap { Int($0) }
      guard words.first == name[...], numbers.count + 1 == words.count,
        numbers.allSatisfy({ 0..<(1 << 60) ~= $0 })
      else { throw Self.refused("the line '\(name)' is damaged") }
      return numbers
    }
    func number(_ name: String) throws -> Int {
      let numbers = try numbers(name)
      guard numbers.count == 1 else { throw Self.refused("the line '\(name)' is damaged") }
      return numbers[0]
    }
    program = try number("program")
    guard program < 4 else { throw Self.refused("the line 'program' is damaged") }
    whole = try number("whole")
    let halves = try numbers("seconds")
    guard halves.count == 2, halves.allSatisfy({ $0 <= Self.lowBits }) else {
      throw Self.refused("the line 'seconds' is damaged")
    }
    wholeSeconds = Double(bitPattern: UInt64(halves[0]) << 32 | UInt64(halves[1]))
    floor = try number("floor")
    (leastExtra, livePeak) = (try number("least-extra"), try number("live-peak"))
    (calls, offsets) = (try numbers("calls"), try numbers("offsets"))
    try Self.check(runs: calls.count)
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
}

// MARK: Proof

extension PlanFile {
  /// The plan, proven.
  ///
  /// - Parameters:
  ///   - program: The one that the file names.
  ///   - room: Bytes that are left for the arena.
  ///   - floor: What no arena of this program takes less than.
  ///   - slower: By how much the program is slower than the fastest one, in picoseconds.
  /// - Throws: `plan-file` with the reason why the file says what is not so; `internal-inconsistency` where the plan is
  ///   none.
  package func proven(
    for program: Program, room: Int, floor: Int, slower: Int
  ) throws -> PlannedArena {
    guard calls.allSatisfy(program.calls.indices.contains) else {
      throw Self.refused("the plan has calls that the program has not")
    }
    let schedule = Schedule(program, runs: calls)
    guard offsets.count == schedule.valueCount else {
      throw Self.refused("the plan has other values than the program")
    }
    let ends = offsets.indices.map { value in
      let size = program.units(of: schedule.uses[value].buffer) * MemoryPlan.alignment
      return size > 0 ? offsets[value] + size : 0
    }
    let plan = schedule.plan(offsets: offsets, arenaBytes: ends.max() ?? 0, livePeak: livePeak)
    try plan.verify(program)
    guard livePeak >= (try schedule.livePeak()), livePeak <= plan.arenaBytes else {
      throw Self.refused("the live peak is not that of the plan")
    }
    guard plan.arenaBytes <= room else {
      throw Self.refused("the plan is not within the budget")
    }
    guard self.floor <= floor else {
      throw Self.refused("the floor is above that of the program")
    }
    guard Double(leastExtra) <= plan.extraCost(of: program) + Double(slower) else {
      throw Self.refused("the bound is above what the plan has")
    }
    return PlannedArena(
      plan: plan, room: plan.arenaBytes, floorBytes: self.floor, leastExtraCost: leastExtra)
  }
}

extension MemoryPlan {
  /// What runs beyond the first of each call costs, in picoseconds. A file may have so many runs that whole
  /// numbers overflow; those of real plans are exact.
  fileprivate func extraCost(of program: Program) -> Double {
    steps.reduce(0) {
      $0 + ($1.isRecomputation ? Double(program.calls[$1.call].cost.picoseconds) : 0)
    }
  }
}

extension TidemillError.Code {
  /// A file of a plan is damaged, or for something else.
  package static let planFile = Self("plan-file")
}
