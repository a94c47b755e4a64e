/// A schedule that computes everything within a budget.
package struct RecomputePlan: Sendable, Equatable {
  /// A step of a schedule.
  package enum Step: Sendable, Equatable {
    /// Makes the value of an operation, whose operands must be there.
    case compute(Int)
    /// Forgets a value.
    case free(Int)
  }

  /// What to do, in order.
  package var steps: [Step]
  /// The costs of all that is computed.
  package var cost: Int
  /// The most that is live at a time.
  package var peak: Int
  /// What no schedule within the budget costs less than, proven.
  package var lowerBound: Int

  /// A schedule that somebody has made.
  package init(steps: [Step], cost: Int, peak: Int, lowerBound: Int) {
    self.steps = steps
    self.cost = cost
    self.peak = peak
    self.lowerBound = lowerBound
  }
}

extension RecomputePlan {
  /// The schedule of computations in an order, where each value goes as soon as nobody needs it.
  init(computing computed: [Int], _ problem: RecomputeProblem, lowerBound: Int) {
    var lastUse: [Int: Int] = [:]  // of the value that is live, by operation
    var freed = [[Int]](repeating: [], count: computed.count)
    for (place, operation) in computed.enumerated().reversed() {
      // Going back, the first use that is met is the last; a computation begins a new life.
      if lastUse.removeValue(forKey: operation) == nil { freed[place].append(operation) }
      for operand in problem.operands[operation] where lastUse[operand] == nil {
        lastUse[operand] = place
        freed[place].append(operand)
      }
    }
    var steps: [Step] = []
    var live = 0
    (cost, peak) = (0, 0)
    for (place, operation) in computed.enumerated() {
      steps.append(.compute(operation))
      live += problem.sizes[operation]
      cost += problem.costs[operation]
      peak = max(peak, live)
      for value in freed[place] {
        steps.append(.free(value))
        live -= problem.sizes[value]
      }
    }
    self.steps = steps
    self.lowerBound = lowerBound
  }
}
