import TidemillCompiler

extension Program {
  /// A plan of this program alone.
  package func planned(
    _ room: ArenaRoom, _ search: PlanSearch = PlanSearch()
  ) throws -> PlannedArena {
    try PlanCandidate(self, search.threads).planned(room, search)
  }
}
