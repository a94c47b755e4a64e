extension ScheduleProblem {
  /// A schedule, as short as is found.
  ///
  /// Its makespan is at most (2 - 1/P) times the least: a list schedule by bottom level is made in any
  /// case, and only shorter ones take its place.
  ///
  /// - Parameter deadline: When to take the best there is. A schedule whose makespan is the lower bound
  ///   is returned at once.
  /// - Returns: A schedule of all tasks.
  package func scheduled(deadline: Deadline = .never) -> TaskSchedule {
    SchedulePortfolio(self, deadline: deadline).run()
  }

  /// Whether there is a schedule that is no longer than a makespan, by the search to the end alone.
  ///
  /// - Parameter nodes: How many steps the search may take.
  /// - Returns: `nil` where it takes more.
  package func isReachable(_ makespan: Int, nodes: Int) -> Bool? {
    var bound = ScheduleBound(self, TaskLevels(self))
    bound.sharpen(self)
    let graph = SearchGraph(self, bound)
    let list = order.sorted { (graph.bottoms[$1], $0) < (graph.bottoms[$0], $1) }
    switch StartSearch(graph, list: list).search(target: makespan, nodes: nodes, deadline: .never) {
    case .found: return true
    case .exhausted: return false
    case .aborted: return nil
    }
  }

  /// A processor for each task, where at most P of those that take time run at any time.
  func assigned(_ starts: [Int]) -> [Int] {
    let byStart = order.filter { times[$0] > 0 }.sorted { (starts[$0], $0) < (starts[$1], $1) }
    var free = Heap<Int>()
    var used = 0
    var running = Heap<TaskEnd>()
    var result = [Int](repeating: 0, count: times.count)
    for task in byStart {
      while let first = running.first, first.time <= starts[task] {
        _ = running.popFirst()
        free.insert(result[first.task])
      }
      if let processor = free.popFirst() {
        result[task] = processor
      } else {
        result[task] = used
        used += 1
      }
      running.insert(TaskEnd(time: starts[task] + times[task], task: task))
    }
    return result
  }
}

/// The end of a task that runs.
struct TaskEnd: Comparable {
  let time: Int
  let task: Int
  static func < (a: TaskEnd, b: TaskEnd) -> Bool { (a.time, a.task) < (b.time, b.task) }
}
