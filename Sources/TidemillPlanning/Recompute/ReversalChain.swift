/// The reversal of a chain of steps with few stored states, where a step overwrites its input and step
/// i's reverse reads the state x(i-1) only.
///
/// The least cost among schedules that keep what they store until it is used up, which for equal steps
/// and sizes is the least of all: r·l − C(s+r, s+1) steps for l of them and s stored states, r the least
/// number with C(s+r, s) ≥ l. Uneven chains can have cheaper schedules that store less for a while; a
/// ``RecomputeProblem`` finds them.
///
/// **Source**: Griewank, Walther: Algorithm 799, Revolve, 2000; Beaumont et al.: Optimal checkpointing
/// for heterogeneous chains, 2019.
package struct ReversalChain: Sendable {
  /// What the steps from x(i) to x(i+1) cost, each time but the last, which is the reverse's own.
  package let costs: [Int]
  /// What storing x(0), x(1), … takes.
  package let sizes: [Int]

  /// A chain.
  ///
  /// - Parameters:
  ///   - costs: One for each step, from 0 on.
  ///   - sizes: One for the state before each step, from 0 on.
  /// - Returns: `nil` where their numbers differ, one is negative, or they sum to 2⁴⁰ or more.
  package init?(costs: [Int], sizes: [Int]) {
    guard costs.count == sizes.count, (costs + sizes).allSatisfy({ 0...(1 << 30) ~= $0 }),
      costs.count < 1 << 10
    else { return nil }
    self.costs = costs
    self.sizes = sizes
  }

  /// The least cost of all forward steps.
  ///
  /// - Parameter budget: What all stored states may take, the first among them.
  /// - Returns: `nil` where not even the first state fits.
  /// - Complexity: O(l³·b), b the distinct sums of stored sizes, at most the budget.
  package func leastCost(budget: Int) -> Int? {
    guard let first = sizes.first else { return 0 }
    guard first <= budget else { return nil }
    var table: [Key: Int] = [:]
    return least(0, costs.count, budget - first, &table)
  }

  private struct Key: Hashable {
    let start: Int
    let end: Int
    let room: Int
  }

  /// Reverses the steps from `start` to `end`, the state before them being stored.
  private func least(_ start: Int, _ end: Int, _ room: Int, _ table: inout [Key: Int]) -> Int {
    guard end - start > 1 else { return 0 }
    // More room than all states between need makes no difference.
    let room = min(room, sizes[(start + 1)..<end].reduce(0, +))
    let key = Key(start: start, end: end, room: room)
    if let known = table[key] { return known }
    // Nothing stored: from the start to each step anew.
    var best = 0
    for step in start..<(end - 1) { best += (end - 1 - step) * costs[step] }
    var sweep = 0
    for stored in (start + 1)..<end {
      sweep += costs[stored - 1]
      guard sizes[stored] <= room, sweep < best else { continue }
      let right = least(stored, end, room - sizes[stored], &table)
      guard sweep + right < best else { continue }
      best = min(best, sweep + right + least(start, stored, room, &table))
    }
    table[key] = best
    return best
  }
}
