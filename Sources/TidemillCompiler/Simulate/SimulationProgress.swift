/// How far a simulated run has come.
struct SimulationProgress {
  private let simulation: Simulation
  private(set) var residency: Residency
  private(set) var entries: [SimulatedRun.Entry] = []
  /// The end of the last task, from the run's begin.
  private(set) var now = 0.0
  private(set) var crossing = 0.0
  /// By task: what it would have taken with all bytes near.
  private(set) var nearSeconds: [Double]

  /// By worker: when it does something next; infinite while it waits to be told.
  private var next: [Double]
  /// By worker: what it runs.
  private var running: [Int?]
  /// By worker: since when it has had nothing to do.
  private var idleSince: [Double?]
  private var heads: [Int]
  private var isClaimed: [Bool]
  /// By task: predecessors that have not ended.
  private var waitsFor: [Int]
  private var ends: [Double]
  private var workers: [Int]
  /// Tasks that are ready and not claimed.
  private var readyCount = 0

  // Behind barriers: the call whose tasks may run, and who ended the one before, and when.
  private var call = 0
  private var leftOfCall: [Int]
  private var callBegin = (time: 0.0, worker: 0)

  init(_ simulation: Simulation, _ residency: Residency) {
    self.simulation = simulation
    self.residency = residency
    let graph = simulation.graph
    let count = graph.tasks.count
    nearSeconds = Array(repeating: 0, count: count)
    // Helpers come in on the way to the first task, and leave after the last.
    next = (0..<simulation.workerCount).map { $0 == 0 ? 0 : simulation.costs[.sharedRun] / 2 }
    running = Array(repeating: nil, count: simulation.workerCount)
    idleSince = Array(repeating: nil, count: simulation.workerCount)
    heads = Array(repeating: 0, count: simulation.workerCount)
    isClaimed = Array(repeating: false, count: count)
    waitsFor = graph.predecessorCounts.map(Int.init)
    ends = Array(repeating: 0, count: count)
    workers = Array(repeating: 0, count: count)
    leftOfCall = Array(repeating: 0, count: graph.calls.count)
    for task in graph.tasks { leftOfCall[task.call] += 1 }
    if simulation.barriers {
      skipEmptyCalls()
    } else {
      readyCount = waitsFor.count { $0 == 0 }
    }
  }

  mutating func run() {
    while entries.count < isClaimed.count || running.contains(where: { $0 != nil }) {
      guard let worker = next.indices.min(by: { next[$0] < next[$1] }), next[worker] < .infinity
      else { return }
      let time = next[worker]
      if let task = running[worker] {
        now = max(now, time)
        running[worker] = nil
        residency.end(on: worker)
        if end(task, by: worker, at: time) { wake(by: worker, at: time) }
      }
      look(worker, at: time)
    }
  }

  // MARK: Tasks

  /// Counts a task as done; whether another one has become ready by that.
  private mutating func end(_ task: Int, by worker: Int, at time: Double) -> Bool {
    if simulation.barriers { return endBehindBarrier(task, by: worker, at: time) }
    let before = readyCount
    for successor in simulation.graph.successors(of: task) {
      waitsFor[successor] -= 1
      if waitsFor[successor] == 0 { readyCount += 1 }
    }
    return readyCount > before
  }

  private mutating func endBehindBarrier(_ task: Int, by worker: Int, at time: Double) -> Bool {
    leftOfCall[call] -= 1
    guard leftOfCall[call] == 0 else { return false }
    callBegin = (time, worker)
    call += 1
    skipEmptyCalls()
    return true
  }

  private mutating func skipEmptyCalls() {
    while call < leftOfCall.count, leftOfCall[call] == 0 { call += 1 }
    readyCount = call < leftOfCall.count ? leftOfCall[call] : 0
  }

  /// When a worker sees that a task is ready; `nil` if it is not.
  private func available(_ task: Int, to worker: Int) -> Double? {
    if simulation.barriers {
      guard simulation.graph.tasks[task].call == call else { return nil }
      return callBegin.time + simulation.handOver(from: callBegin.worker, to: worker)
    }
    guard waitsFor[task] == 0 else { return nil }
    return simulation.predecessors(of: task).reduce(0) {
      max($0, ends[$1] + simulation.handOver(from: workers[$1], to: worker))
    }
  }

  private mutating func begin(_ task: Int, on worker: Int, from owner: Int, at time: Double) {
    isClaimed[task] = true
    readyCount -= 1
    let costs = simulation.costs
    let (traffic, crossing) = residency.run(simulation.graph.tasks[task], worker: worker)
    let start = time + costs[.task] + simulation.handOver(from: owner, to: worker)
    let work = simulation.graph.tasks[task].work
    let end = start + costs.seconds(work, traffic) / simulation.machine.workers[worker].speed
    nearSeconds[task] = costs.seconds(work, traffic.near)
    self.crossing += crossing
    (ends[task], workers[task]) = (end, worker)
    entries.append(
      .init(
        task: task, worker: worker, start: start, end: end,
        stolenFrom: owner == worker ? nil : owner))
    running[worker] = task
    idleSince[worker] = nil
    next[worker] = end
  }

  // MARK: Workers

  /// Those who wait see that there may be something to do.
  private mutating func wake(by worker: Int, at time: Double) {
    for other in next.indices where running[other] == nil && other != worker {
      next[other] = min(next[other], time + simulation.handOver(from: worker, to: other))
    }
  }

  /// A worker that is free begins a task, or waits until it has reason to look again.
  private mutating func look(_ worker: Int, at time: Double) {
    next[worker] = .infinity
    skipClaimed(of: worker)
    let list = simulation.list(of: worker)
    if heads[worker] < list.count {
      let task = list[heads[worker]]
      if let from = available(task, to: worker) {
        if from <= time { return begin(task, on: worker, from: worker, at: time) }
        next[worker] = from
        return
      }
    }
    let since = idleSince[worker] ?? time
    idleSince[worker] = since
    guard readyCount > 0 else { return }
    for owner in simulation.owners(near: worker) {
      skipClaimed(of: owner)
      let list = simulation.list(of: owner)
      for place in heads[owner]..<max(list.count, heads[owner]) where !isClaimed[list[place]] {
        guard let ready = available(list[place], to: worker) else { continue }
        let from = max(ready, since + simulation.patience(of: worker, with: owner, list[place]))
        if from <= time { return begin(list[place], on: worker, from: owner, at: time) }
        next[worker] = min(next[worker], from)
      }
    }
  }

  private mutating func skipClaimed(of owner: Int) {
    let list = simulation.list(of: owner)
    while heads[owner] < list.count, isClaimed[list[heads[owner]]] { heads[owner] += 1 }
  }
}
