import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport
import TidemillTopology

/// What is simulated could have happened, and is no shorter than it can be.
@Suite struct SimulationTests {
  private func simulation(
    _ name: String, on machine: String, threads: Int, batch: Int? = nil, barriers: Bool = false
  ) throws -> Simulation {
    let workload = try Workload.named(name)
    return try (batch.map(workload.batched) ?? workload).simulation(
      on: Topology(synthetic: machine), threads: threads, costs: .standard, barriers: barriers)
  }

  /// Proves: on machines with and without shared caches and nodes, with fewer and with more workers than cores, every task
  /// runs once, after its predecessors, and no faster than the longest chain or an even share.
  @Test(
    arguments: ["mlp_digits", "branches", "tiny"],
    [
      ("core:2 pu:1", 2), ("core:64 pu:1", 64), ("pack:2 numa:2 l3:2 core:2 pu:2", 16),
      ("core:2 pu:1", 5),
    ])
  func runsAreValid(name: String, machine: (text: String, threads: Int)) throws {
    for barriers in [false, true] {
      let simulation = try simulation(
        name, on: machine.text, threads: machine.threads, barriers: barriers)
      let run = simulation.run()
      try run.verify(simulation.graph)
      #expect(run.makespan >= run.lowerBound)
      #expect(run.efficiency > 0 && run.efficiency <= 1)
    }
  }

  /// Proves: equal simulations give equal runs.
  @Test func runsAreTheSameEachTime() throws {
    let runs = try (0..<2).map { _ in
      try simulation("branches", on: "pack:2 core:4 pu:1", threads: 8).run().entries
    }
    #expect(runs[0] == runs[1])
  }

  /// Proves: the verifier sees a task that is left out, one that runs twice, one that runs too early, on another's time, or
  /// on no worker.
  @Test func brokenRunsAreFound() throws {
    let simulation = try simulation("mlp_digits", on: "core:4 pu:1", threads: 4)
    let run = simulation.run()
    func check(_ what: String, _ change: (inout [SimulatedRun.Entry]) throws -> Void) throws {
      var entries = run.entries
      try change(&entries)
      let broken = SimulatedRun(
        entries: entries, workers: run.workers, makespan: run.makespan,
        criticalPath: run.criticalPath, areaBound: run.areaBound)
      #expect(try message { try broken.verify(simulation.graph) }.contains(what))
    }
    func moved(_ entry: SimulatedRun.Entry, to worker: Int, by time: Double) -> SimulatedRun.Entry {
      .init(
        task: entry.task, worker: worker, start: entry.start + time, end: entry.end + time,
        stolenFrom: entry.stolenFrom)
    }
    try check("does not run") { $0.removeLast() }
    try check("runs twice") { $0.append($0[0]) }
    try check("on worker 4 of 4") { $0[0] = moved($0[0], to: 4, by: 0) }
    try check("starts before") { entries in
      let known = entries
      let last = try #require(known.indices.max { known[$0].start < known[$1].start })
      entries[last] = moved(known[last], to: known[last].worker, by: -known[last].start)
    }
    try check("overlap") { entries in
      let known = entries
      let pair = try #require(
        known.indices.lazy.flatMap { one in known.indices.map { (one, $0) } }.first {
          one, other in
          known[one].worker != known[other].worker && known[one].start < known[other].end
            && known[other].start < known[one].end
        })
      entries[pair.0] = moved(entries[pair.0], to: entries[pair.1].worker, by: 0)
    }
  }

  /// Proves: whoever takes a task of another worker has found none of a nearer one: each of those had begun by then, or still
  /// waited for another task, or for what that one made to come over.
  @Test func theNearestTasksAreTaken() throws {
    let known = try simulation("branches", on: "pack:2 numa:2 l3:2 core:2 pu:1", threads: 16)
    let (graph, machine, costs) = (known.graph, known.machine, known.costs)
    let run = Simulation(
      graph, on: machine, costs: costs, policy: StealPolicy(patience: 0, remotePatience: 0)
    ).run()
    func handOver(_ from: Int, _ to: Int) -> Double {
      from == to ? 0 : costs.handOver(machine.distance(from, to))
    }
    let entries = run.entries.sorted { $0.task < $1.task }
    /// When its worker decided for a task.
    let chosen = entries.map {
      $0.start - costs[.task] - handOver($0.stolenFrom ?? $0.worker, $0.worker)
    }
    var steals: Set<WorkerDistance> = []
    for entry in entries {
      guard let owner = entry.stolenFrom else { continue }
      let (me, time) = (entry.worker, chosen[entry.task])
      let distance = machine.distance(me, owner)
      steals.insert(distance)
      for other in entries where chosen[other.task] > time + 1e-12 {
        let home = Int(graph.homes[other.task]) % run.workers
        guard home == me || machine.distance(me, home) < distance else { continue }
        let ready = graph.predecessors[other.task].reduce(0) {
          max($0, entries[$1].end + handOver(entries[$1].worker, me))
        }
        #expect(
          ready > time - 1e-12,
          "\(me) took \(entry.task) of \(owner) at \(time), and not \(other.task) of \(home)")
      }
    }
    #expect(steals.count > 1, "\(steals)")
  }

  /// Proves: on 64 equal cores the tasks of a large step are fine enough and well enough placed that it takes at most a tenth
  /// longer than no schedule can beat, and less than behind barriers.
  @Test func sixtyFourCores() throws {
    let machine = "core:64 pu:1"
    let run = try simulation("mlp_wide", on: machine, threads: 64, batch: 8192).run()
    #expect(run.makespan <= 1.10 * run.lowerBound, "\(run.makespan / run.lowerBound)")
    let barriers = try simulation(
      "mlp_wide", on: machine, threads: 64, batch: 8192, barriers: true
    ).run()
    #expect(run.makespan < barriers.makespan)
  }

  /// What a reader waits for of so many bytes that a task on the other core wrote, in bytes that come from core to core.
  private func bytesFromCore(of bytes: Int) throws -> Double {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let place = TaskGraph.TouchedRegion(
      slot: 0, region: Region(start: 0, runBytes: bytes, pitch: 0, rows: 1))
    let graph = TaskGraph(
      tasks: (0..<2).map { task in
        TaskGraph.Task(
          kernel: { _, _ in }, arguments: encoder.store(0), call: task, seconds: 1e-6,
          writesState: false, mayFail: false, reads: task == 1 ? [place] : [],
          writes: task == 0 ? [place] : [])
      },
      calls: (0..<2).map { task in
        TaskGraph.Call(
          label: "call \(task)", kernelName: "probe", cost: Cost(flops: 0, bytes: 0), taskCount: 1)
      },
      successorStarts: [0, 1, 1], successors: [1], predecessorCounts: [0, 1], homes: [0, 1],
      workspaceBytes: 0, runsOnCaller: false, storage: storage)
    let machine = MachineModel(workers: 2)
    let waits = try [0, 1e-9].map { byte in
      let policy = StealPolicy(patience: 1, remotePatience: 1)
      let costs = try CostModel([.coreByte: byte])
      return Simulation(graph, on: machine, costs: costs, policy: policy).run().makespan
    }
    return (waits[1] - waits[0]) / 1e-9
  }

  /// Proves: what a core wrote last comes from it as far as its own cache has room for it, 1 MiB here, and the rest from the
  /// cache that both share.
  @Test func writtenBytesLeaveTheirCore() throws {
    #expect(abs(try bytesFromCore(of: 64 << 10) - Double(64 << 10)) < 1)
    #expect(abs(try bytesFromCore(of: 4 << 20) - Double(1 << 20)) <= Double(64 << 10))
  }
}
