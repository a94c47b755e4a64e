/// What is known about a problem of recomputation after a search.
package struct RecomputeOutcome: Sendable {
  /// The cheapest schedule that was found; `nil` where none fits.
  package var plan: RecomputePlan?
  /// What no schedule can do with less, proven.
  package var floor: Int
  /// The operation that needs the floor; `nil` where only a search to the end tells it.
  package var floorOperation: Int?
  /// Where there is no schedule: the least size of a schedule that was found.
  package var lowestPeak: Int?

  /// Whether it is proven that nothing fits.
  package func isOutOfReach(_ budget: Int) -> Bool { floor > budget }
}

extension RecomputeProblem {
  /// A cheap schedule within the budget.
  ///
  /// Graphs of some dozen operations are solved to the end. Larger ones begin with what a minimum cut
  /// tells to keep, and go on with a search that ends at the deadline.
  ///
  /// - Parameters:
  ///   - threads: How many threads search.
  ///   - deadline: When to take the best there is; the search for a graph that is not small goes on
  ///     until then, or until a schedule costs no more than the bound.
  /// - Returns: A plan that ``RecomputeVerifier`` accepts, or why there is none.
  package func planned(threads: Int = 1, deadline: Deadline) -> RecomputeOutcome {
    RecomputePortfolio(self, threads: threads, deadline: deadline).run()
  }
}
