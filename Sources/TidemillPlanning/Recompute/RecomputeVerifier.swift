/// Proves a schedule: plays it, without any code of what makes one.
package enum RecomputeVerifier {
  /// What is wrong with a schedule.
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    /// A sentence that names the step, counted from 0.
    package let description: String
  }

  /// Plays a schedule step by step.
  ///
  /// - Parameters:
  ///   - plan: The schedule, and what it is said to cost and to need.
  ///   - problem: What is computed.
  /// - Throws: ``Mistake``.
  package static func check(_ plan: RecomputePlan, of problem: RecomputeProblem) throws {
    var live: Set<Int> = []
    var done: Set<Int> = []
    var cost = 0
    var bytes = 0
    var peak = 0
    for (place, step) in plan.steps.enumerated() {
      switch step {
      case .compute(let operation):
        guard problem.sizes.indices.contains(operation) else {
          throw Mistake(description: "step \(place) computes \(operation), which is not there")
        }
        for operand in problem.operands[operation] where !live.contains(operand) {
          throw Mistake(
            description: "step \(place) computes \(operation) without its operand \(operand)")
        }
        guard live.insert(operation).inserted else {
          throw Mistake(description: "step \(place) computes \(operation), which is live")
        }
        done.insert(operation)
        cost += problem.costs[operation]
        bytes += problem.sizes[operation]
        peak = max(peak, bytes)
        if bytes > problem.budget {
          throw Mistake(
            description: "step \(place) needs \(bytes), more than the budget \(problem.budget)")
        }
      case .free(let operation):
        guard live.remove(operation) != nil else {
          throw Mistake(description: "step \(place) frees \(operation), which is not live")
        }
        bytes -= problem.sizes[operation]
      }
    }
    if let missing = problem.sizes.indices.first(where: { !done.contains($0) }) {
      throw Mistake(description: "operation \(missing) is never computed")
    }
    if cost != plan.cost {
      throw Mistake(description: "the cost is \(cost), but is said to be \(plan.cost)")
    }
    if peak != plan.peak {
      throw Mistake(description: "the peak is \(peak), but is said to be \(plan.peak)")
    }
    if plan.lowerBound > cost {
      throw Mistake(description: "the cost is \(cost), below the bound \(plan.lowerBound)")
    }
  }
}
