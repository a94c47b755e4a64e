import TidemillGraph

/// Who waits for whom where the tasks of a graph are run again and again: a task of a lap for tasks of the lap before.
///
/// So the next step's forward pass begins layer by layer, as weights are updated and memory is free.
package struct CarriedEdges: Sendable {
  package struct Edge: Hashable, Sendable {
    /// A task of one lap.
    package let earlier: Int
    /// The one of the next lap that waits for it.
    package let later: Int

    package init(earlier: Int, later: Int) {
      self.earlier = earlier
      self.later = later
    }
  }

  package let edges: [Edge]

  package init(edges: [Edge]) { self.edges = edges }

  /// Finds them as those within a lap are found, from the bytes that tasks touch.
  ///
  /// What may fail waits for all that writes state in the lap before: a failure leaves out no update but those of
  /// its own lap. Edges that an edge and one within a lap imply are left out.
  ///
  /// - Complexity: That of the edges of two laps.
  package init(of graph: TaskGraph) {
    let count = graph.tasks.count
    // As the plan has them: calls in order, the tasks of a call together.
    let order = graph.tasks.indices.sorted {
      (graph.tasks[$0].call, $0) < (graph.tasks[$1].call, $1)
    }
    var builder = EdgeBuilder()
    for _ in 0..<2 {
      var first = 0
      while first < count {
        let call = graph.tasks[order[first]].call
        let end = order[first...].firstIndex { graph.tasks[$0].call != call } ?? count
        builder.add(order[first..<end].map { graph.tasks[$0] })
        first = end
      }
    }
    let updates = graph.tasks.indices.filter { graph.tasks[$0].writesState }
    var sources = [Set<Int>](repeating: [], count: count)
    for (position, task) in order.enumerated() {
      let found = builder.predecessors[count + position].filter { $0 < count }
      sources[task] = Set(found.map { order[$0] })
      if graph.tasks[task].mayFail { sources[task].formUnion(updates) }
    }
    edges = Self.reduced(sources, graph)
  }

  /// Without those that another carried edge and an edge of a lap imply.
  private static func reduced(_ sources: [Set<Int>], _ graph: TaskGraph) -> [Edge] {
    var predecessors = [[Int]](repeating: [], count: graph.tasks.count)
    for task in graph.tasks.indices {
      for successor in graph.successors(of: task) { predecessors[successor].append(task) }
    }
    return sources.indices.flatMap { later in
      sources[later].sorted().filter { earlier in
        !graph.successors(of: earlier).contains { sources[later].contains($0) }
          && !predecessors[later].contains { sources[$0].contains(earlier) }
      }.map { Edge(earlier: $0, later: later) }
    }
  }
}

extension TaskGraph {
  /// The tasks that wait for one.
  package func successors(of task: Int) -> [Int] {
    successors[Int(successorStarts[task])..<Int(successorStarts[task + 1])].map { Int($0) }
  }
}
