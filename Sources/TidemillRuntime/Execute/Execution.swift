import TidemillCompiler
import TidemillGraph

/// A task graph that is ready to run, again and again, in memory of its own.
///
/// One run at a time, from whatever thread; many executions can run on one pool at once. Everything
/// is allocated here: a run allocates nothing.
///
/// ```swift
/// let execution = try Execution(taskGraph, pool: .shared)
/// let failure = execution.run(bases: bases, seed: 1, step: 0)
/// ```
package final class Execution {
  package let graph: TaskGraph
  /// How many workers a run uses at most.
  package let workers: Int
  private let pool: Pool
  private let state: UnsafeMutablePointer<ExecutionState>
  private var workspaces: Workspaces

  /// - Parameters:
  ///   - carried: Edges from one lap to the next, for runs of several.
  ///   - workers: How many of the pool's; `nil` is all. Never more than there are tasks.
  ///   - workspaces: Shared with other executions; its own if left out.
  /// - Throws: `TidemillError` with code `outOfMemory`.
  package init(
    _ graph: TaskGraph, carried: CarriedEdges? = nil, pool: Pool, workers: Int? = nil,
    workspaces: Workspaces? = nil
  ) throws {
    self.graph = graph
    self.pool = pool
    self.workers = Self.workers(for: graph, pool: pool, atMost: workers)
    self.workspaces =
      try workspaces ?? Workspaces(workers: self.workers, byteCount: graph.workspaceBytes)
    state = .allocate(capacity: 1)
    state.initialize(
      to: ExecutionState(
        graph, carried: carried, workers: self.workers, helpers: pool.helpers))
    state.pointee.use(self.workspaces)
  }

  deinit {
    state.pointee.deallocate()
    state.deallocate()
  }

  /// How many workers a graph gets: what `workspaceBytes` of a budget is multiplied by.
  package static func workers(for graph: TaskGraph, pool: Pool, atMost most: Int? = nil) -> Int {
    if graph.runsOnCaller { return 1 }
    let limit = min(pool.threads, most ?? .max, graph.tasks.count, JobBoard.mostWorkers)
    return max(limit, 1)
  }

  /// Changes to other workspaces, which must cover this execution's.
  package func use(_ workspaces: Workspaces) {
    self.workspaces = workspaces
    state.pointee.use(workspaces)
  }

  /// Bytes of workspace that this execution needs, for all its workers.
  package var workspaceBytes: Int { workers * graph.workspaceBytes }

  /// Runs every task once and returns when all are done.
  ///
  /// Tasks that write state are left out once a task they come after has failed the run; all others
  /// run to the end, unless no task writes state.
  ///
  /// - Parameters:
  ///   - bases: The base address of every slot; as long as this runs.
  ///   - seed: Key of this run's random numbers, with `step`.
  ///   - limits: What may end it early. Then tasks are left out as after a failure; where some write state, this is
  ///     before any of them has, or not at all.
  ///   - trace: Records this run; made for at least as many workers, or those beyond do not record.
  /// - Returns: What the first kernel to fail said, or `nil`.
  /// - Complexity: No allocation, no lock. A mark for each task, a look for each edge, and an atomic
  ///   operation for each microsecond of work.
  package func run(
    bases: UnsafePointer<UnsafeMutableRawPointer?>, seed: UInt64, step: UInt64,
    limits: RunLimits = .none, trace: Trace? = nil
  ) -> RunFailure? {
    run(
      laps: 1, BaseTables(first: bases, stride: 0), seed: seed, step: step, limits: limits,
      trace: trace)
  }

  /// Runs every task a number of times: lap after lap, where a lap's tasks begin as the carried edges let them.
  ///
  /// When a lap has failed, no later one changes state.
  ///
  /// - Parameters:
  ///   - laps: At most `mostLaps`; 1 for an execution without carried edges.
  ///   - bases: A table for each lap; as long as this runs.
  ///   - step: Of the first lap; it grows by 1 with each.
  package func run(
    laps: Int, _ bases: BaseTables, seed: UInt64, step: UInt64, limits: RunLimits = .none,
    trace: Trace? = nil
  ) -> RunFailure? {
    state.pointee.prepare(
      laps: UInt32(laps), bases: bases, seed: seed, step: step, limits: limits, trace: trace)
    let endsOutside = !state.pointee.table.outside.isEmpty
    if workers > 1, let seat = pool.reserve() {
      state.pointee.beginShared(seat: seat)
      pool.open(
        seat, Job(context: state, work: Self.takePart), workers: workers,
        invited: state.pointee.invited, priority: limits.priority)
      _ = state.pointee.workAlongside(worker: 0)
      if endsOutside { state.pointee.awaitOutside() }
      pool.close(seat, workers: workers)
    } else if endsOutside {
      state.pointee.beginShared(seat: JobBoard.capacity)
      _ = state.pointee.workAlongside(worker: 0)
      state.pointee.awaitOutside()
    } else {
      state.pointee.workAlone()
    }
    return RunFailure(state.pointee.failure.pointee)
  }

  /// Says that a task which ends outside is done, in the run and the lap in which its kernel began it.
  ///
  /// - Parameter task: Its number in the task graph; once for each time that its kernel was called. From any thread.
  package func complete(_ task: Int) { state.pointee.complete(task) }

  /// In one run: marks tell laps apart by numbers of 32 bits.
  package static let mostLaps = 1 << 20

  /// What a helper that joins does.
  private static let takePart: @convention(c) (UnsafeMutableRawPointer, Int) -> Bool = {
    context, worker in
    let state = context.assumingMemoryBound(to: ExecutionState.self)
    state.pointee.enter(worker)
    let isAllClaimed = state.pointee.workAlongside(worker: worker)
    state.pointee.leave(worker)
    return isAllClaimed
  }

  /// A trace with room for a number of events of each worker.
  package func makeTrace(eventsPerWorker capacity: Int) -> Trace {
    let names = pool.placement.workers.prefix(workers).enumerated().map { index, worker in
      let place = worker.pu.map { ", \($0)" } ?? ""
      return index == 0 ? "worker 0 (caller)" : "worker \(index)\(place)"
    }
    return Trace(workerNames: names, eventsPerWorker: capacity)
  }
}
