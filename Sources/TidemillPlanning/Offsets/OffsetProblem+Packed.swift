extension OffsetProblem {
  /// Offsets, as low as they are found.
  ///
  /// - Parameters:
  ///   - capacity: A height that is low enough: the search ends there. Without one it goes on to the
  ///     least height, or to the deadline.
  ///   - threads: How many threads search. Where the deadline does not end the search, the result is
  ///     the same for any number.
  ///   - deadline: When to take the best there is. The first greedy placement is made in any case.
  /// - Returns: A packing for all buffers; higher than `capacity` where none was found that is not.
  /// - Complexity: Greedy placements take some milliseconds for a thousand buffers, and a second for
  ///   18,000, and boxes as long; an exact search follows for up to 2,000 buffers and boxes.
  package func packed(
    capacity: Int? = nil, threads: Int = 1, deadline: Deadline = .never
  ) -> OffsetPacking {
    OffsetPortfolio(self, capacity: capacity ?? 0, threads: threads, deadline: deadline).run()
  }

  /// Offsets from greedy placements and so many passes of the search, whatever the time.
  ///
  /// - Parameters:
  ///   - capacity: A height that is low enough.
  ///   - passes: Each is twice as long as the one before; with none, only greedy orders are tried.
  package func packed(capacity: Int, passes: Int) -> OffsetPacking {
    OffsetPortfolio(
      self, capacity: capacity, threads: 1, deadline: .never, mostPasses: passes
    ).run()
  }
}
