import TidemillGraph

/// Where plans are kept from one process to the next, by the digests of what they are for.
package protocol PlanStore: Sendable {
  /// The bytes of a plan; `nil` where there is none.
  func read(_ key: String) throws -> [UInt8]?
  /// Keeps a plan, whole or not at all.
  func write(_ bytes: [UInt8], _ key: String) throws
}

/// How a plan within a budget is found.
package struct Planning: Sendable {
  /// A limit for the search.
  package var seconds: Double
  package var store: (any PlanStore)?
  /// An arena that is there anyway: a fraction or the smallest does not have to be smaller.
  package var arenaThere = 0

  package init(seconds: Double = PlanSearch.standardSeconds, store: (any PlanStore)? = nil) {
    (self.seconds, self.store) = (seconds, store)
  }

  /// Reads a plan, or makes one.
  func plan(
    _ program: Program, _ room: ArenaRoom, threads: Int
  ) throws -> (PlannedArena, PlanFileUse) {
    let search = PlanSearch(seconds: seconds, threads: threads, arenaThere: arenaThere)
    guard let store else { return (try program.planned(room, search), .none) }
    let key = program.planDigest(room, search)
    var use = PlanFileUse.written
    do {
      if let bytes = try store.read(key) {
        return (try PlanFile.plan(in: bytes, key: key, for: program, room, search), .loaded)
      }
    } catch { use = .refused(Self.reason(error)) }
    let planned = try program.planned(room, search)
    guard planned.fits else { return (planned, .none) }
    do { try store.write(PlanFile.bytes(of: planned, key: key), key) } catch {
      use = .unwritten(Self.reason(error))
    }
    return (planned, use)
  }

  private static func reason(_ error: any Error) -> String {
    (error as? TidemillError)?.message ?? "\(error)"
  }
}
