/// The fewest edges that have the same paths.
///
/// Exact for graphs of up to `most` tasks; of larger ones, whose sets of ancestors would take too much memory, only edges
/// that two others imply are left out. That costs time, and nothing else.
///
/// **Source**: Aho, Garey, Ullman: The transitive reduction of a directed graph, 1972.
package struct TransitiveReduction {
  /// Of each task, ascending.
  package let predecessors: [[Int]]

  /// 32 MiB of ancestors.
  package static let most = 1 << 14

  /// - Parameter edges: The predecessors of each task, each before it in the order and named once.
  /// - Complexity: O(tasks·edges / 64), and O(edges²/tasks) beyond `most`.
  package init(_ edges: [[Int]]) {
    predecessors = edges.count <= Self.most ? Self.exact(edges) : Self.withoutPairs(edges)
  }

  /// From the last predecessor down: one is implied if it comes before another that was kept, which has to be later.
  private static func exact(_ edges: [[Int]]) -> [[Int]] {
    let words = (edges.count + 63) / 64
    var ancestors = [UInt64](repeating: 0, count: words * edges.count)
    return edges.enumerated().map { task, direct in
      var kept: [Int] = []
      let mine = task * words
      for candidate in direct.sorted(by: >) {
        let (word, bit) = (candidate / 64, UInt64(1) << (candidate % 64))
        if ancestors[mine + word] & bit != 0 { continue }
        kept.append(candidate)
        for word in 0...word { ancestors[mine + word] |= ancestors[candidate * words + word] }
        ancestors[mine + word] |= bit
      }
      return kept.reversed()
    }
  }

  private static func withoutPairs(_ edges: [[Int]]) -> [[Int]] {
    let sets = edges.map(Set.init)
    return edges.map { direct in
      direct.filter { candidate in !direct.contains { sets[$0].contains(candidate) } }.sorted()
    }
  }
}
