extension TaskGraph {
  /// The same tasks, each of which waits for the worker that it is planned for: what a run without stealing is measured with.
  package func boundToHomes() -> TaskGraph {
    TaskGraph(
      tasks: tasks, calls: calls, successorStarts: successorStarts, successors: successors,
      predecessorCounts: predecessorCounts, homes: homes, workspaceBytes: workspaceBytes,
      runsOnCaller: runsOnCaller, isBound: true, storage: storage)
  }
}
