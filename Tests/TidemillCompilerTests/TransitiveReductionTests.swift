import Testing
import Tidemill
import TidemillCompiler

/// The fewest edges with the same paths.
@Suite struct TransitiveReductionTests {
  /// The tasks from which there is a path to each, by a search of its own.
  private func ancestors(_ edges: [[Int]]) -> [Set<Int>] {
    edges.indices.map { task in
      var (seen, stack) = (Set<Int>(), edges[task])
      while let next = stack.popLast() {
        if seen.insert(next).inserted { stack += edges[next] }
      }
      return seen
    }
  }

  /// Proves: on random graphs no path is lost, and every edge that is left is the only path there is.
  @Test(arguments: 0..<60 as Range<UInt64>) func randomGraphs(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 2 + generator.index(below: 150)
    let density = 1 + generator.index(below: 12)
    let edges = (0..<count).map { task in
      task == 0 ? [] : Set((0..<density).map { _ in generator.index(below: task) }).sorted()
    }
    let reduced = TransitiveReduction(edges).predecessors
    #expect(ancestors(reduced) == ancestors(edges), "seed \(seed)")
    for (task, direct) in reduced.enumerated() {
      #expect(direct == direct.sorted() && Set(direct).isSubset(of: edges[task]), "seed \(seed)")
      for candidate in direct {
        var without = reduced
        without[task].removeAll { $0 == candidate }
        #expect(
          !ancestors(without)[task].contains(candidate), "seed \(seed): \(candidate) to \(task)")
      }
    }
  }

  /// Proves: a chain with all its shortcuts is a chain again.
  @Test func completeOrder() {
    let edges = (0..<200).map { Array(0..<$0) }
    #expect(TransitiveReduction(edges).predecessors == (0..<200).map { $0 == 0 ? [] : [$0 - 1] })
  }
}
