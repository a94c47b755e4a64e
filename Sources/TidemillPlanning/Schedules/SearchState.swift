/// Tasks that have started, in the order of their starts, and what may come next.
struct SearchState {
  private let graph: SearchGraph
  private(set) var starts: [Int]
  /// When the last predecessor of a ready task ends.
  private(set) var readyTimes: [Int]
  /// Tasks that need time, whose predecessors have all started, and that have not.
  private(set) var ready: [Int] = []
  /// When each processor is free, the first first.
  private(set) var free: [Int]
  private var waiting: [Int]
  private var isStarted: [Bool]
  /// In the order of their starts, with those that need no time behind the last that they waited for.
  private var started: [Int] = []
  /// Of the tasks that have started, in any order.
  private var setKey = KeyTable.Key.none
  /// Started tasks that need time.
  private var steps: [Step] = []

  private struct Step {
    let ready: [Int]
    let free: [Int]
    let setKey: KeyTable.Key
  }

  /// Where to go back to.
  struct Mark {
    fileprivate let started: Int
    fileprivate let steps: Int
  }

  init(_ graph: SearchGraph) {
    self.graph = graph
    let count = graph.times.count
    starts = Array(repeating: 0, count: count)
    readyTimes = Array(repeating: 0, count: count)
    free = Array(repeating: 0, count: graph.processors)
    waiting = graph.predecessors.map(\.count)
    isStarted = Array(repeating: false, count: count)
    for task in 0..<count where graph.predecessors[task].isEmpty { makeReady(task) }
  }

  var isComplete: Bool { started.count == graph.times.count }

  func isReady(_ task: Int) -> Bool { waiting[task] == 0 && !isStarted[task] }

  // MARK: Starting

  /// Starts a ready task, on the processor that is free the shortest time before.
  mutating func start(_ task: Int, at start: Int) -> Mark {
    let mark = Mark(started: started.count, steps: steps.count)
    steps.append(Step(ready: ready, free: free, setKey: setKey))
    ready.removeAll { $0 == task }
    let end = start + graph.times[task]
    var place = (free.lastIndex { $0 <= start } ?? 0) + 1
    while place < free.count, free[place] < end {
      free[place - 1] = free[place]
      place += 1
    }
    free[place - 1] = end
    run(task, at: start)
    return mark
  }

  mutating func undo(to mark: Mark) {
    guard mark.steps < steps.count else { return }
    ready = steps[mark.steps].ready
    free = steps[mark.steps].free
    setKey = steps[mark.steps].setKey
    steps.removeSubrange(mark.steps...)
    while started.count > mark.started, let task = started.popLast() {
      isStarted[task] = false
      for successor in graph.successors[task] { waiting[successor] += 1 }
    }
  }

  private mutating func run(_ task: Int, at start: Int) {
    var next = [(task: task, start: start)]
    while let (task, start) = next.popLast() {
      starts[task] = start
      isStarted[task] = true
      started.append(task)
      setKey.add(3 * Int32(task), 0)
      for successor in graph.successors[task] {
        waiting[successor] -= 1
        guard waiting[successor] == 0 else { continue }
        let time = readyTime(successor)
        readyTimes[successor] = time
        // What needs no time needs no processor, and does not wait.
        if graph.times[successor] == 0 {
          next.append((successor, time))
        } else {
          ready.append(successor)
        }
      }
    }
  }

  private mutating func makeReady(_ task: Int) {
    if graph.times[task] == 0 { run(task, at: 0) } else { ready.append(task) }
  }

  private func readyTime(_ task: Int) -> Int {
    graph.predecessors[task].reduce(0) { max($0, starts[$1] + graph.times[$1]) }
  }

  // MARK: Bounds

  /// Whether the processors have room for what has to be done some time before the end, for any such time.
  func hasRoom(until target: Int, now: Int) -> Bool {
    var work = 0
    for (place, task) in graph.byTail.enumerated() {
      if !isStarted[task] { work += graph.times[task] }
      let tail = graph.tail(task)
      let isLast = place + 1 == graph.byTail.count || graph.tail(graph.byTail[place + 1]) != tail
      guard isLast, work > 0 else { continue }
      var room = 0
      for time in free { room += max(0, target - tail - max(time, now)) }
      if work > room { return false }
    }
    return true
  }

  /// What the rest depends on: what has started, when processors get free, and what runs.
  func key(_ now: Int) -> KeyTable.Key {
    var key = setKey
    func add(_ index: Int32, _ time: Int) {
      key.add(index, Int32(truncatingIfNeeded: time))
      key.add(~index, Int32(truncatingIfNeeded: time >> 32))
    }
    for (processor, time) in free.enumerated() { add(3 * Int32(processor) + 1, max(time, now)) }
    for task in started {
      let end = starts[task] + graph.times[task]
      if end > now, !graph.successors[task].isEmpty { add(3 * Int32(task) + 2, end) }
    }
    return key
  }
}
