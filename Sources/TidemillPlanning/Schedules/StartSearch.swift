/// Searches for a schedule of at most some length, to the end: tasks start one after the other, in the order
/// of their starts.
///
/// In an active schedule no task can start earlier while all others stay; one of the shortest schedules is
/// of this kind. So of the tasks that may start next only those count that start before another could have
/// ended (Giffler, Thompson: Algorithms for solving production-scheduling problems, 1960).
///
/// One thread at a time uses it.
final class StartSearch {
  /// What a search came to.
  enum Outcome: Equatable {
    case found
    /// There is no such schedule.
    case exhausted
    case aborted
  }

  private let graph: SearchGraph
  /// Where a task comes among those that may start at the same time.
  private let ranks: [Int]
  private var state: SearchState
  private var failed = KeyTable(most: 1 << 20)
  private var target = 0
  private var nodesLeft = 0
  private var deadline = Deadline.never

  /// - Parameter list: All tasks, the most urgent first.
  init(_ graph: SearchGraph, list: [Int]) {
    self.graph = graph
    var ranks = list
    for (rank, task) in list.enumerated() { ranks[task] = rank }
    self.ranks = ranks
    state = SearchState(graph)
  }

  /// When each task starts, after a schedule was found.
  var starts: [Int] { state.starts }

  /// Looks for a schedule that is no longer than `target`.
  ///
  /// What was found to lead nowhere is known to later searches, whose targets must not be higher.
  ///
  /// - Parameter nodes: After so many it gives up.
  func search(target: Int, nodes: Int, deadline: Deadline) -> Outcome {
    self.target = target
    self.deadline = deadline
    nodesLeft = nodes
    state = SearchState(graph)
    return explore(from: 0)
  }

  /// - Parameter last: The last start; none is earlier from here on.
  private func explore(from last: Int) -> Outcome {
    if state.isComplete { return .found }
    nodesLeft -= 1
    if nodesLeft <= 0 || (nodesLeft & 255 == 0 && deadline.isPast) { return .aborted }
    let now = max(last, state.free[0])
    guard let candidates = candidates(now), state.hasRoom(until: target, now: now) else {
      return .exhausted
    }
    let key = state.key(now)
    if failed.contains(key) { return .exhausted }
    for (task, start) in candidates {
      let mark = state.start(task, at: start)
      let outcome = explore(from: start)
      if outcome == .found { return .found }
      state.undo(to: mark)
      if outcome == .aborted { return .aborted }
    }
    failed.insert(key)
    return .exhausted
  }

  /// Tasks that may start next, with their starts, the most urgent first; `nil` where one of them is too late.
  private func candidates(_ now: Int) -> [(task: Int, start: Int)]? {
    var found: [(task: Int, start: Int)] = []
    var firstEnd = Int.max
    for task in state.ready {
      let start = max(state.readyTimes[task], now)
      if start + graph.bottoms[task] > target { return nil }
      firstEnd = min(firstEnd, start + graph.times[task])
      found.append((task, start))
    }
    found.removeAll { $0.start >= firstEnd || isPostponed($0.task, $0.start) }
    found.sort { (ranks[$0.task], $0.start) < (ranks[$1.task], $1.start) }
    return found
  }

  /// Whether a task that is as long and has at least the same successors could start in its place.
  private func isPostponed(_ task: Int, _ start: Int) -> Bool {
    graph.betters[task].contains { state.isReady($0) && state.readyTimes[$0] <= start }
  }
}
