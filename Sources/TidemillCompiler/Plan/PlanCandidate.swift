import TidemillGraph
import TidemillPlanning

/// One of the programs that compute a graph, and the threads that run it.
package struct PlanCandidate {
  let program: Program
  let threads: Int
  let sequence: CallSequence
  /// The calls that each call waits for; none where one thread runs them anyway.
  private let predecessors: [[Int]]
  /// Seconds that a tile of a call should take.
  let grain: Double

  package init(_ program: Program, _ threads: Int) {
    (self.program, self.threads) = (program, threads)
    sequence = program.callSequence()
    predecessors = threads > 1 ? program.predecessors() : []
    grain = TileEstimate.grain(program, predecessors, workers: threads)
  }

  /// The same calls in an order in which clearly less is live, if there is one.
  func thrifty() -> PlanCandidate? {
    let order = sequence.thriftyOrder(threads > 1 ? predecessors : program.predecessors())
    guard order != Array(program.calls.indices) else { return nil }
    return PlanCandidate(program.reordered(order), threads)
  }

  var fixedBytes: Int { program.fixedBytes(threads: threads) }

  /// A step in which everything runs once, on one thread.
  var baseSeconds: Double { program.seconds(of: Array(program.calls.indices)) }

  /// A plan in which every call runs once, beside as many others as threads may run.
  func sideBySide() throws -> MemoryPlan {
    let runs = Array(program.calls.indices)
    guard threads > 1 else { return try Schedule(program, runs: runs).planned() }
    return try plan(runs, predecessors, workers: workers)
  }

  /// There are twice as many workers as threads: runs are never as planned, and one that is ahead should not wait for bytes.
  private var workers: Int { 2 * threads }

  private func plan(_ runs: [Int], _ predecessors: [[Int]], workers: Int) throws -> MemoryPlan {
    let runs = ParallelRuns(program, runs: runs, predecessors, workers: workers, grain: grain)
    return try Schedule(program, runs).planned()
  }

  /// The same runs with memory for more of them side by side, where there is room and it pays: of the plans that fit that
  /// whose tasks wait the least for values and for bytes, and what a step of it takes.
  ///
  /// - Parameter plan: One for runs one after the other, which fits.
  func widened(_ plan: MemoryPlan, within limit: Int) throws -> (plan: MemoryPlan, span: Double) {
    let runs = plan.steps.map(\.call)
    guard threads > 1 else { return (plan, program.seconds(of: runs)) }
    let free = span(ofRuns: runs)
    var best = (plan: plan, span: max(free, waitingSpan(of: plan)))
    let predecessors = program.predecessors(of: runs)
    var workers = workers
    while workers > 1 && best.span > free {
      let wide = try self.plan(runs, predecessors, workers: workers)
      if wide.arenaBytes <= limit {
        let span = max(free, waitingSpan(of: wide))
        if span < best.span { best = (wide, span) }
      }
      workers /= 2
    }
    return best
  }

  /// What a step of a plan takes on the threads: tasks wait for values, and for bytes that somebody still needs.
  ///
  /// No plan counts as faster than its runs would be if no value took the bytes of another, though list schedules at times
  /// are: what fits into less memory must not seem faster.
  func span(of plan: MemoryPlan) -> Double {
    let free = span(ofRuns: plan.steps.map(\.call))
    return threads > 1 ? max(free, waitingSpan(of: plan)) : free
  }

  /// What runs take on the threads if no life of a value takes the bytes of another.
  func span(ofRuns runs: [Int]) -> Double {
    guard threads > 1 else { return program.seconds(of: runs) }
    let schedule = Schedule(program, runs: runs)
    let slots = program.buffers.count
    return span(runs) { place, view in
      let life = schedule.steps[place].values[view.buffer]
      return .init(
        slot: life.map { slots + $0.index } ?? view.buffer.index, region: Region(view, base: 0))
    }
  }

  private func waitingSpan(of plan: MemoryPlan) -> Double {
    let arena = program.buffers.count
    return span(plan.steps.map(\.call)) { place, view in
      guard let value = plan.steps[place].values[view.buffer] else {
        return .init(slot: view.buffer.index, region: Region(view, base: 0))
      }
      return .init(slot: arena, region: Region(view, base: plan.values[value.index].offset))
    }
  }

  private func span(
    _ runs: [Int], _ touched: (_ place: Int, View) -> TaskGraph.TouchedRegion
  ) -> Double {
    let predecessors = program.predecessors(of: runs, touched: touched)
    return ParallelRuns(program, runs: runs, predecessors, workers: threads, grain: grain).span
  }
}

extension Program {
  /// What calls take on one thread: whole picoseconds, so that it is the same in any order, and exact where they sum to
  /// less than 2⁵³.
  func seconds(of runs: [Int]) -> Double {
    runs.reduce(0.0) { $0 + Double(calls[$1].cost.picoseconds) } * 1e-12
  }

  /// What a budget counts beside the arena, and no plan changes.
  func fixedBytes(threads: Int) -> Int {
    stateBytes + outputBytes + workspaceBytes(threads: threads)
  }

  var outputBytes: Int { outputTypes.reduce(0) { $0 + $1.byteCount } }

  func workspaceBytes(threads: Int) -> Int {
    (calls.map(\.call.workspaceBytes).max() ?? 0) * threads
  }
}
