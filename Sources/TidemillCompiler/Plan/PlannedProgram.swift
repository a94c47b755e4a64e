import TidemillGraph

/// A graph's program with the plan of its memory, and what is known of all programs that compute the graph.
struct PlannedProgram {
  let candidate: PlanCandidate
  let arena: PlannedArena
  /// A step on the threads.
  let seconds: Double
  /// A step of the fastest program on them, without a budget.
  let baseSeconds: Double
  /// What no program and no plan takes less than.
  let leastSeconds: Double
  let file: PlanFileUse

  var program: Program { candidate.program }
  var threads: Int { candidate.threads }
  var fixedBytes: Int { candidate.fixedBytes }
  /// The budget: what was asked for, or the smallest.
  var allowedBytes: Int { fixedBytes + (arena.room ?? 0) }
  /// What it would take if no value took the bytes of another.
  var secondsWithoutReuse: Double { candidate.span(ofRuns: arena.plan.steps.map(\.call)) }
}
