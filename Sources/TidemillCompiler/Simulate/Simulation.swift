/// How workers that have nothing to do behave.
package struct StealPolicy: Hashable, Sendable {
  /// How long a worker waits for its own next task before it takes one of another worker.
  package var patience: Double
  /// And before it takes one of another NUMA node: how often the time that the task is planned to take.
  package var remotePatience: Double

  package init(patience: Double, remotePatience: Double) {
    (self.patience, self.remotePatience) = (patience, remotePatience)
  }

  /// That of real runs: sixteen looks and, as where skis are hired or bought, as long as the task would take. Its own worker
  /// may be about to begin it, and has its bytes near; waiting for that costs at most as much as it saves at best.
  package static let standard = StealPolicy(patience: 0.3e-6, remotePatience: 1)
}

/// Runs a task graph on a described machine in virtual time.
///
/// The policy is the one of real runs: a worker goes through the tasks that are planned for it, in their order; where the next
/// one is not ready, or none is left, it takes a ready one of another worker, of the nearest ones first. What a task takes is
/// up to the cost model and to where its bytes lie then.
package struct Simulation {
  package let graph: TaskGraph
  package let machine: MachineModel
  package let costs: CostModel
  /// Whether no task of a call starts before all tasks of the calls before it have ended.
  package let barriers: Bool
  package let policy: StealPolicy
  private let lists: [[Int]]
  private let neighbours: [[Int]]
  private let predecessors: [[Int]]

  /// - Parameters:
  ///   - graph: Compiled for as many workers as the machine has.
  ///   - barriers: Whether calls are run one after the other, as if threads met after each.
  package init(
    _ graph: TaskGraph, on machine: MachineModel, costs: CostModel, barriers: Bool = false,
    policy: StealPolicy = .standard
  ) {
    self.graph = graph
    self.machine = machine
    self.costs = costs
    self.barriers = barriers
    self.policy = policy
    let count = graph.runsOnCaller ? 1 : machine.workers.count
    var lists = [[Int]](repeating: [], count: count)
    for task in graph.tasks.indices { lists[Int(graph.homes[task]) % count].append(task) }
    if barriers {
      lists = lists.map { $0.sorted { (graph.tasks[$0].call, $0) < (graph.tasks[$1].call, $1) } }
    }
    self.lists = lists
    neighbours = (0..<count).map { worker in
      [worker] + machine.neighbours(of: worker).filter { $0 < count }
    }
    predecessors = graph.predecessors
  }

  /// The run of a step that follows another one, which has left its bytes where they are.
  package func run() -> SimulatedRun {
    var residency = Residency(graph, machine)
    residency.place(PagePlacement(graph, machine))
    var progress = SimulationProgress(self, residency)
    progress.run()
    progress = SimulationProgress(self, progress.residency)
    progress.run()
    let near = progress.nearSeconds
    let shared = lists.count > 1 ? costs[.sharedRun] : 0
    let speeds = machine.workers.prefix(lists.count).reduce(0) { $0 + $1.speed }
    return SimulatedRun(
      entries: progress.entries, workers: lists.count,
      makespan: progress.now + costs[.run] + shared, criticalPath: longestChain(near),
      areaBound: near.reduce(0, +) / max(speeds, 1e-9), remoteBytes: progress.crossing,
      leastRemoteBytes: leastRemoteBytes)
  }

  /// See `LeastRemoteBytes`.
  private var leastRemoteBytes: Double {
    LeastRemoteBytes(graph, machine, pieces: Residency.mostPieces(machine)).total
  }

  private func longestChain(_ seconds: [Double]) -> Double {
    var end = [Double](repeating: 0, count: graph.tasks.count)
    for task in graph.tasks.indices {
      end[task] = seconds[task] + (predecessors[task].map { end[$0] }.max() ?? 0)
    }
    return end.max() ?? 0
  }

  // MARK: What the progress asks

  var workerCount: Int { lists.count }
  func list(of worker: Int) -> [Int] { lists[worker] }
  func owners(near worker: Int) -> [Int] { neighbours[worker] }
  func predecessors(of task: Int) -> [Int] { predecessors[task] }
  /// How long a worker that has nothing to do waits before it takes a task of another.
  func patience(of worker: Int, with owner: Int, _ task: Int) -> Double {
    if worker == owner { return 0 }
    guard machine.workers[worker].node != machine.workers[owner].node else {
      return policy.patience
    }
    return max(policy.patience, policy.remotePatience * graph.tasks[task].seconds)
  }
  func handOver(from worker: Int, to other: Int) -> Double {
    worker == other ? 0 : costs.handOver(machine.distance(worker, other))
  }
}
