extension TaskGraph {
  /// The same tasks and edges, planned for other workers or run in another way.
  ///
  /// - Parameters:
  ///   - homes: The worker that each task is planned for.
  ///   - runsOnCaller: Whether the caller runs all of them by itself.
  ///   - isBound: Whether each waits for the worker that it is planned for, as a run without stealing is measured.
  package func with(
    homes: [UInt32]? = nil, runsOnCaller: Bool? = nil, isBound: Bool? = nil
  ) -> TaskGraph {
    TaskGraph(
      tasks: tasks, calls: calls, successorStarts: successorStarts, successors: successors,
      predecessorCounts: predecessorCounts, homes: homes ?? self.homes,
      workspaceBytes: workspaceBytes, runsOnCaller: runsOnCaller ?? self.runsOnCaller,
      isBound: isBound ?? self.isBound, storage: storage)
  }
}
