import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTopology

/// Tasks are planned for the workers whose caches have their bytes, and for all workers.
@Suite struct HomesTests {
  /// Independent products of one size, and what each worker is expected to take for its tasks.
  private func loads(products: Int, threads: Int) throws -> [Double] {
    let machine = try Topology.plain(cores: threads)
    let options = try CompileOptions(threads: threads, topology: machine)
    let function = try CompiledFunction(options) { graph in
      (0..<products).map { _ in
        let x = graph.read(
          Parameter("x", TensorType([96, 96])) { _ in try Tensor(zeros: [96, 96]) })
        return x.matmul(x)
      }
    }
    let tasks = function.executable.tasks
    #expect(tasks.homes.count == tasks.tasks.count)
    #expect(tasks.homes.allSatisfy { $0 < threads })
    return (0..<threads).map { worker in
      zip(tasks.tasks, tasks.homes).reduce(0) { $0 + ($1.1 == worker ? $1.0.seconds : 0) }
    }
  }

  /// Proves: what does not depend on one another is spread over all workers, a quarter from even at most.
  @Test(arguments: [2, 3, 8])
  func independentTasksAreSpread(threads: Int) throws {
    let loads = try loads(products: 8 * threads, threads: threads)
    let mean = loads.reduce(0, +) / Double(threads)
    #expect(loads.allSatisfy { abs($0 - mean) <= 0.25 * mean }, "\(loads)")
  }

  /// Proves: what threads are planned to make faster is shared, and nothing else is: a step of one sample, whose bytes would
  /// have to move from core to core, is not.
  @Test(arguments: [
    ("mlp_digits", false), ("branches", false), ("mlp_digits_b1", true), ("tiny", true),
  ])
  func onlyWhatGainsIsShared(name: String, alone: Bool) throws {
    let options = try CompileOptions(threads: 2, topology: Topology.plain(cores: 2))
    let tasks = try Workload.named(name).compiled(options).executable.tasks
    #expect(tasks.runsOnCaller == alone)
    #expect(tasks.homes.contains(1) == !alone)
  }

  /// Proves: what many tasks read goes to each cache once and not from reader to reader: branches gains from a second thread
  /// even where a byte takes three times as long from core to core.
  @Test func sharedOperandsMoveOnce() throws {
    let costs = try CostModel([.coreByte: 3 * CostConstant.coreByte.standard])
    let simulation = try Workload.named("branches").simulation(
      on: Topology.plain(cores: 2), threads: 2, costs: costs)
    #expect(!simulation.graph.runsOnCaller)
  }

  /// Of the lines of memory that updates write, the share that was touched last, in this step or the one before, by
  /// another task of the same home.
  private func nearness(_ tasks: TaskGraph, homes: [UInt32]) -> Double {
    struct Line: Hashable {
      let slot: Int
      let number: Int
    }
    var last: [Line: (task: Int, home: UInt32)] = [:]
    var (near, all) = (0, 0)
    for step in 0..<2 {
      for (index, task) in tasks.tasks.enumerated() {
        for place in task.reads + task.writes where place.slot > 0 {
          for row in 0..<place.region.rows {
            let start = place.region.start + row * place.region.pitch
            for number in start / 64..<(start + place.region.runBytes + 63) / 64 {
              let line = Line(slot: place.slot, number: number)
              if step == 1, task.writesState, let before = last[line], before.task != index {
                all += 1
                near += before.home == homes[index] ? 1 : 0
              }
              last[line] = (index, homes[index])
            }
          }
        }
      }
    }
    return Double(near) / Double(max(all, 1))
  }

  /// Proves: on a training step updates are planned where their parameters were read, more than where homes are drawn.
  @Test(arguments: ["mlp_digits", "branches"])
  func updatesStayWhereTheirParametersAre(name: String) throws {
    let options = try CompileOptions(threads: 2, topology: Topology.plain(cores: 2))
    let tasks = try Workload.named(name).compiled(options).executable.tasks
    var random = SeededGenerator(seed: 5)
    let drawn = (0..<20).map { _ in
      nearness(tasks, homes: tasks.homes.map { _ in UInt32(random.next() % 2) })
    }
    let (planned, chance) = (nearness(tasks, homes: tasks.homes), drawn.reduce(0, +) / 20)
    #expect(planned > 0.6 && chance < planned - 0.1, "\(planned), \(chance)")
  }

  /// Homes of tasks that touch nothing and take a microsecond each.
  private func homes(
    _ predecessors: [[Int]], _ machine: MachineModel, _ costs: [CostConstant: Double] = [:]
  ) throws -> Homes {
    let known = try Workload.named("tiny").compiled(CompileOptions(threads: 1)).executable.tasks
    let task = try #require(known.tasks.first)
    let tasks = predecessors.map { _ in
      TaskGraph.Task(
        kernel: task.kernel, arguments: task.arguments, call: 0, seconds: 1e-6, writesState: false,
        mayFail: false, reads: [], writes: [])
    }
    return Homes(
      tasks, predecessors: predecessors, blocks: tasks.indices.map { UInt32($0 % 2) },
      machine: machine, costs: try CostModel(costs))
  }

  /// Proves: of two tasks behind a third one goes to another worker if the hand-over to there is shorter than the wait, and
  /// stays if it is longer, at any distance.
  @Test(arguments: [
    ("core:2 pu:1", WorkerDistance.sharedCache, CostConstant.handOverSharedCache),
    ("l3:2 core:1 pu:1", .sameNode, .handOverSameNode),
    ("pack:1 numa:2 l3:1 core:1 pu:1", .samePackage, .handOverSamePackage),
    ("pack:2 numa:1 l3:1 core:1 pu:1", .apart, .handOverApart),
  ])
  func handOverIsCounted(text: String, distance: WorkerDistance, constant: CostConstant) throws {
    let topology = try Topology(synthetic: text)
    let machine = MachineModel(topology, try topology.placement(threads: 2))
    #expect(machine.distance(0, 1) == distance)
    let near = try homes([[], [0], [0]], machine, [constant: 0.9e-6])
    #expect(near.workers == [0, 0, 1] && abs(near.end - 2.9e-6) < 1e-12)
    let far = try homes([[], [0], [0]], machine, [constant: 1.1e-6])
    #expect(far.workers == [0, 0, 0] && abs(far.end - 3e-6) < 1e-12)
  }

  /// Proves: a worker whose core is shared by two gets as much less as it is slower: of 45 equal tasks 12 or 13, and the one
  /// that has a core for itself 20.
  @Test func speedIsCounted() throws {
    let topology = try Topology(synthetic: "core:2 pu:2")
    let machine = MachineModel(topology, try topology.placement(threads: 3))
    #expect(machine.workers.map(\.speed) == [0.625, 1, 0.625])
    let homes = try homes(Array(repeating: [], count: 45), machine)
    let counts = (0..<3).map { worker in homes.workers.count { $0 == worker } }
    #expect(counts[1] == 20 && counts.allSatisfy { $0 >= 12 }, "\(counts)")
    #expect(homes.end <= 13 / 0.625 * 1e-6 + 1e-12)
  }
}
