import TidemillGraph

/// A plan as text, from one process to the next; see docs/planner.md.
///
/// Lines of names and whole numbers. What is read is never trusted: the text must be whole by its own
/// digest, be for this program and budget, and the plan goes through the verifier.
package enum PlanFile {
  /// Counts what plans of the same program may look like; raised where planning changes.
  package static let version = 1

  private static let title = "tidemill-plan \(version)"
  private static let mostBytes = 1 << 28

  package static func bytes(of planned: PlannedArena, key: String) -> [UInt8] {
    let plan = planned.plan
    let body = """
      \(title)
      key \(key)
      room \(planned.room ?? 0)
      floor \(planned.floorBytes)
      least-extra \(planned.leastExtraCost)
      arena \(plan.arenaBytes)
      live-peak \(plan.livePeak)
      calls \(plan.steps.map { "\($0.call)" }.joined(separator: " "))
      offsets \(plan.values.map { "\($0.offset)" }.joined(separator: " "))

      """
    return Array("\(body)digest \(digest(Array(body.utf8)))\n".utf8)
  }

  private static func digest(_ bytes: some Collection<UInt8>) -> String {
    var digest = PlanDigest()
    digest.add(bytes)
    return digest.text
  }

  /// Reads and proves a plan.
  ///
  /// - Throws: `plan` with the reason why the file is not for this program and budget, or is damaged.
  package static func plan(
    in bytes: [UInt8], key: String, for program: Program, _ room: ArenaRoom
  ) throws -> PlannedArena {
    func refused(_ reason: String) -> TidemillError { TidemillError(.planFile, reason) }
    guard bytes.count <= mostBytes else { throw refused("the file is too large for a plan") }
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
    var limit = try number("room")
    if case .bytes(let bytes) = room { limit = bytes }
    let (floor, extra) = (try number("floor"), try number("least-extra"))
    let (arena, peak) = (try number("arena"), try number("live-peak"))
    let (runs, offsets) = (try numbers("calls"), try numbers("offsets"))
    guard runs.allSatisfy(program.calls.indices.contains) else {
      throw refused("the plan has calls that the program has not")
    }
    let schedule = Schedule(program, runs: runs)
    guard offsets.count == schedule.valueCount else {
      throw refused("the plan has other values than the program")
    }
    let plan = schedule.plan(offsets: offsets, arenaBytes: arena, livePeak: peak)
    let planned = PlannedArena(
      plan: plan, room: limit, floorBytes: floor, leastExtraCost: extra)
    guard planned.fits else { throw refused("the plan is not within the budget") }
    try plan.verify(program)
    return planned
  }
}

extension TidemillError.Code {
  /// A file of a plan is damaged, or for something else.
  package static let planFile = Self("plan-file")
}
