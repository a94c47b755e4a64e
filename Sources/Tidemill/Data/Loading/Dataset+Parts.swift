import TidemillGraph

extension Dataset {
  /// Splits the samples into parts by a seeded shuffle; each sample is in exactly one.
  ///
  /// ```swift
  /// let parts = try samples.parts(by: [0.7, 0.15, 0.15], seed: 1)    // to learn, to choose, to judge
  /// ```
  ///
  /// - Parameters:
  ///   - shares: The sizes of the parts in relation to each other; `[7, 1.5, 1.5]` is the same. Where
  ///     a part ends is rounded to the nearest sample.
  ///   - seed: The same seed gives the same parts on every machine.
  /// - Throws: `argument` where there are no shares, one is not finite and above 0, or a part would
  ///   have no samples: the error names it.
  public func parts(by shares: [Double], seed: UInt64) throws -> [Dataset] {
    let total = shares.reduce(0, +)
    guard !shares.isEmpty, total.isFinite, shares.allSatisfy({ $0 > 0 }) else {
      throw TidemillError(
        .argument, "Shares must be finite and above 0, at least one, but are \(shares).")
    }
    var generator = SeededGenerator(seed: seed)
    let order = generator.shuffled(count)
    var (start, sum) = (0, 0.0)
    return try shares.indices.map { part in
      sum += shares[part]
      let isLast = part == shares.count - 1
      let end = isLast ? count : min(Int((Double(count) * (sum / total)).rounded()), count)
      guard end > start else {
        throw TidemillError(
          .argument,
          "A share of \(shares[part]) in \(total) of the \(count) samples of \(name) is none, for "
            + "part \(part): each part needs one.")
      }
      defer { start = end }
      return try selecting(order[start..<end])
    }
  }
}
