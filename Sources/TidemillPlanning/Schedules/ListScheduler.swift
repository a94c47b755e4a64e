/// Makes schedules from orders of tasks.
///
/// One thread at a time uses it.
final class ListScheduler {
  /// When each task starts, and when the last one ends.
  struct Plan {
    var starts: [Int]
    var makespan: Int
  }

  private let times: [Int]
  private let predecessors: TaskEdges
  private let successors: TaskEdges
  private let processors: Int
  private var profile: BusyProfile

  init(_ problem: ScheduleProblem) {
    times = problem.times
    predecessors = TaskEdges(problem.predecessors)
    successors = TaskEdges(problem.successors)
    processors = problem.processors
    profile = BusyProfile(processors: problem.processors)
  }

  /// List scheduling: a processor that is free takes the first task of the list that is ready.
  ///
  /// No processor idles while a task is ready, so the makespan is at most (2 - 1/P) times the least.
  ///
  /// - Parameter list: All tasks, in any order.
  /// - Complexity: O(edges + tasks log tasks).
  ///
  /// **Source**: Graham: Bounds for certain multiprocessing anomalies, 1966.
  func eager(_ list: [Int]) -> Plan {
    var ranks = [Int](repeating: 0, count: list.count)
    for (rank, task) in list.enumerated() { ranks[task] = rank }
    var starts = [Int](repeating: 0, count: list.count)
    var waiting = times.indices.map { predecessors.count($0) }
    var ready = Heap<Int>()
    var running = Heap<TaskEnd>()
    var (now, free) = (0, processors)
    var ended: [Int] = []

    func release() {
      while let task = ended.popLast() {
        for successor in successors[task] {
          waiting[Int(successor)] -= 1
          if waiting[Int(successor)] == 0 { makeReady(Int(successor)) }
        }
      }
    }
    // What takes no time takes no processor, and ends at once.
    func makeReady(_ task: Int) {
      starts[task] = now
      if times[task] == 0 { ended.append(task) } else { ready.insert(ranks[task]) }
    }

    for task in times.indices where waiting[task] == 0 { makeReady(task) }
    release()
    while true {
      while free > 0, let rank = ready.popFirst() {
        let task = list[rank]
        starts[task] = now
        running.insert(TaskEnd(time: now + times[task], task: task))
        free -= 1
      }
      guard let next = running.first else { return Plan(starts: starts, makespan: now) }
      now = next.time
      while let first = running.first, first.time == now {
        _ = running.popFirst()
        ended.append(first.task)
        free += 1
      }
      release()
    }
  }

  /// Serial scheduling: each task of the list starts as early as those before it allow, also in a gap.
  ///
  /// Unlike list scheduling it can leave a processor idle for a more urgent task to come, so some list
  /// gives the least makespan.
  ///
  /// - Parameter list: All tasks, each after its predecessors.
  ///
  /// **Source**: Kolisch: Serial and parallel resource-constrained project scheduling methods revisited,
  /// 1996.
  func serial(_ list: [Int]) -> Plan {
    profile.removeAll()
    var starts = [Int](repeating: 0, count: list.count)
    var makespan = 0
    for task in list {
      var earliest = 0
      for before in predecessors[task] {
        earliest = max(earliest, starts[Int(before)] + times[Int(before)])
      }
      let start = profile.place(earliest: earliest, time: times[task])
      starts[task] = start
      makespan = max(makespan, start + times[task])
    }
    return Plan(starts: starts, makespan: makespan)
  }

  /// All tasks, each after its predecessors; of those that may come next the one with the lowest key.
  func list(by keys: [Double]) -> [Int] {
    var waiting = times.indices.map { predecessors.count($0) }
    var ready = Heap<KeyedTask>()
    for task in times.indices where waiting[task] == 0 {
      ready.insert(KeyedTask(key: keys[task], task: task))
    }
    var list: [Int] = []
    list.reserveCapacity(times.count)
    while let task = ready.popFirst()?.task {
      list.append(task)
      for successor in successors[task] {
        waiting[Int(successor)] -= 1
        if waiting[Int(successor)] == 0 {
          ready.insert(KeyedTask(key: keys[Int(successor)], task: Int(successor)))
        }
      }
    }
    return list
  }

  private struct KeyedTask: Comparable {
    let key: Double
    let task: Int
    static func < (a: KeyedTask, b: KeyedTask) -> Bool { (a.key, a.task) < (b.key, b.task) }
  }
}
