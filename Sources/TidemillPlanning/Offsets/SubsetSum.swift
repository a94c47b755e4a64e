/// Subsets of sizes that add up to a given sum.
///
/// **Source**: Horowitz, Sahni: Computing partitions with applications to the knapsack problem, 1974.
package enum SubsetSum {
  /// Of more sizes, subsets of the smallest are tried, beside one that is near enough of the others.
  private static let mostTried = 24

  /// The places in `sizes` of a subset; `nil` where none is found, which of up to 24 sizes says that there
  /// is none.
  ///
  /// - Complexity: O(n·2ⁿᐟ²) for up to 24 sizes, as much for 24 for more.
  package static func subset(of sizes: [Int], sum: Int) -> [Int]? {
    guard sum >= 0, sum <= sizes.reduce(0, +) else { return nil }
    if sum == 0 { return [] }
    let bySize = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    let tried = Array(bySize.prefix(mostTried))
    var taken: [Int] = []
    var left = sum
    // What is left is best half of what the tried ones have, where most subsets are.
    let half = tried.reduce(0) { $0 + sizes[$1] } / 2
    for index in bySize.dropFirst(mostTried).reversed() where sizes[index] + half <= left {
      taken.append(index)
      left -= sizes[index]
    }
    let middle = tried.count / 2
    let low = sums(of: tried[..<middle].map { sizes[$0] })
    let high = sums(of: tried[middle...].map { sizes[$0] })
    var (a, b) = (0, high.count - 1)
    while a < low.count && b >= 0 {
      let found = low[a].sum + high[b].sum
      if found == left {
        let mask = low[a].mask | high[b].mask << middle
        return taken + tried.indices.filter { mask >> $0 & 1 == 1 }.map { tried[$0] }
      }
      if found < left { a += 1 } else { b -= 1 }
    }
    return nil
  }

  /// The sums of all subsets, from the least up.
  ///
  /// - Complexity: O(2ⁿ).
  package static func sums(of sizes: [Int]) -> [(sum: Int, mask: Int)] {
    var all = [(sum: 0, mask: 0)]
    for (place, size) in sizes.enumerated() {
      // Those without it and those with it, both in order.
      var merged: [(sum: Int, mask: Int)] = []
      merged.reserveCapacity(2 * all.count)
      var without = 0
      for one in all {
        let sum = one.sum + size
        while without < all.count && all[without].sum <= sum {
          merged.append(all[without])
          without += 1
        }
        merged.append((sum, one.mask | 1 << place))
      }
      all = merged
    }
    return all
  }
}
