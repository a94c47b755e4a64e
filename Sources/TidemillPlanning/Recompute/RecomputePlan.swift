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
  /// What is computed, in order.
  var computations: [Int] {
    steps.compactMap { if case .compute(let operation) = $0 { operation } else { nil } }
  }

  /// The first computations of all operations, in order.
  static func firsts(_ computed: [Int], _ problem: RecomputeProblem) -> [Int] {
    var isDone = [Bool](repeating: false, count: problem.sizes.count)
    return computed.filter { operation in
      defer { isDone[operation] = true }
      return !isDone[operation]
    }
  }

  /// The schedule of computations in an order, where each value goes as soon as nobody needs it.
  package init(computing computed: [Int], _ problem: RecomputeProblem, lowerBound: Int) {
    // Whether a value is read before it is computed once more, by operation.
    var isRead = [Bool](repeating: false, count: problem.sizes.count)
    var freed: [Int] = []
    var ends = [0]
    for operation in computed.reversed() {
      // Going back, the first use that is met is the last; a computation begins a new life.
      if !isRead[operation] { freed.append(operation) }
      isRead[operation] = false
      for operand in problem.operands[operation] where !isRead[operand] {
        isRead[operand] = true
        freed.append(operand)
      }
      ends.append(freed.count)
    }
    var steps: [Step] = []
    var live = 0
    (cost, peak) = (0, 0)
    for (place, operation) in computed.enumerated() {
      steps.append(.compute(operation))
      live += problem.sizes[operation]
      cost += problem.costs[operation]
      peak = max(peak, live)
      let last = computed.count - place
      for value in freed[ends[last - 1]..<ends[last]] {
        steps.append(.free(value))
        live -= problem.sizes[value]
      }
    }
    self.steps = steps
    self.lowerBound = lowerBound
  }
}
