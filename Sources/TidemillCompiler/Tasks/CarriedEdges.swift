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
  /// its own lap. Edges that a path of others implies are left out.
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
        builder.add(order[first..<end].map { graph.tasks[$0].accesses })
        first = end
      }
    }
    var before = builder.predecessors
    let updates = order.indices.filter { graph.tasks[order[$0]].writesState }
    for (position, task) in order.enumerated() where graph.tasks[task].mayFail {
      before[count + position] = Set(before[count + position]).union(updates).sorted()
    }
    let reduced = TransitiveReduction(before).predecessors
    edges = order.enumerated().flatMap { position, later in
      reduced[count + position].filter { $0 < count }.map {
        Edge(earlier: order[$0], later: later)
      }
    }
  }
}
