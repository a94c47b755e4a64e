/// What an arena may take.
package enum ArenaRoom: Hashable, Sendable {
  /// Every call runs once.
  case unlimited
  case bytes(Int)
  /// Of the arena in which every call runs once.
  case fraction(Double)
  /// The least that is found.
  case smallest
}

/// How long and with what a plan is looked for.
package struct PlanSearch: Sendable {
  /// A limit; the work is counted and, up to ``standardSeconds``, the same.
  package var seconds = Self.standardSeconds
  package var threads = 1
  /// An arena that is there anyway: no plan has to be smaller.
  package var arenaThere = 0
  /// How many programs are planned in that time.
  var programs = 1

  package static let standardSeconds = 2.0

  /// How often the standard work is done.
  package var effort: Int { Int(min(Self.mostEffort, max(1, seconds / Self.standardSeconds))) }
  private static let mostEffort = 1e6

  package init(seconds: Double = Self.standardSeconds, threads: Int = 1, arenaThere: Int = 0) {
    (self.seconds, self.threads, self.arenaThere) = (seconds, threads, arenaThere)
  }
}

extension ArenaRoom {
  /// The bytes that it comes to; `nil` without a limit.
  ///
  /// - Parameter whole: The arena in which every call runs once.
  func limit(whole: Int, _ search: PlanSearch) -> Int? {
    switch self {
    case .unlimited: nil
    case .bytes(let bytes): bytes
    case .fraction(let share): max(search.arenaThere, Int(Double(whole) * min(1, max(0, share))))
    case .smallest: search.arenaThere
    }
  }
}

/// A plan, and what is known about how good it is.
package struct PlannedArena: Sendable {
  /// The cheapest that fits, or else the smallest that was found.
  package var plan: MemoryPlan
  /// What the arena was allowed to take; `nil` without a limit.
  package var room: Int?
  /// What no plan's arena takes less than, proven.
  package var floorBytes: Int
  /// What runs again costs at the least within the room, proven, in picoseconds.
  package var leastExtraCost: Int

  /// Whether the plan is within its room.
  package var fits: Bool { room.map { plan.arenaBytes <= $0 } ?? true }
}
