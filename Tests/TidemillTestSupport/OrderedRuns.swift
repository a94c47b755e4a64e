import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// Runs the tasks of a workload's step on one thread, in whatever order its edges allow.
package final class OrderedRuns {
  package let graph: TaskGraph
  private let memory: [TensorStorage]
  private let initial: [TensorStorage]
  /// Positions of the states in `memory`.
  private let states: [Int]
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  package init(_ workload: Workload, _ executable: Executable) throws {
    graph = executable.tasks
    let store = try workload.initialize(seed: 1)
    let data = try workload.data(seed: 1)
    let program = executable.program
    memory = try executable.slots.kinds.map { kind in
      switch kind {
      case .arena: try TensorStorage(byteCount: max(executable.plan.arenaBytes, 1))
      case .input(let position):
        program.inputs[position].name == "input" ? data.input.storage : data.target.storage
      case .output(let position):
        try TensorStorage(byteCount: program.outputTypes[position].byteCount)
      case .constant(let data): data.tensor.storage
      case .state(let key): try store.storage(of: key).copy()
      }
    }
    states = executable.slots.kinds.indices.filter {
      if case .state = executable.slots.kinds[$0] { true } else { false }
    }
    initial = try memory.map { try $0.copy() }
    bases = .allocate(capacity: memory.count)
    for (slot, storage) in memory.enumerated() {
      (bases + slot).initialize(to: storage.bytes.baseAddress)
    }
  }

  deinit { bases.deallocate() }

  /// All parameters and velocities after two steps, from the first numbers on.
  package func states(after order: [Int]) throws -> [[UInt8]] {
    try states(running: graph.reordered(order), threads: 1)
  }

  /// The same of the tasks where others than their workers are planned for them, on some threads, which share them in any
  /// case.
  ///
  /// - Parameter home: By task and planned worker. One worker for all leaves every other one to take its tasks.
  package func states(threads: Int, home: (Int, UInt32) -> UInt32) throws -> [[UInt8]] {
    let homes = graph.homes.enumerated().map(home)
    return try states(running: graph.with(homes: homes, runsOnCaller: false), threads: threads)
  }

  private func states(running graph: TaskGraph, threads: Int) throws -> [[UInt8]] {
    for slot in states { memory[slot].bytes.copyMemory(from: .init(initial[slot].bytes)) }
    memory[0].bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
    let execution = try Execution(graph, pool: .shared(threads: threads))
    for step in 0..<2 {
      if let failure = execution.run(bases: UnsafePointer(bases), seed: 0, step: UInt64(step)) {
        throw CheckFailure("the step failed at element \(failure.position)")
      }
    }
    return states.map { Array(memory[$0].bytes) }
  }
}

extension TaskGraph {
  /// The tasks in an order in which each comes after its predecessors, drawn among those that are ready.
  package func randomOrder(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    var waits = predecessorCounts
    var ready = tasks.indices.filter { waits[$0] == 0 }
    var order: [Int] = []
    while !ready.isEmpty {
      let task = ready.remove(at: generator.index(below: ready.count))
      order.append(task)
      for successor in successors(of: task) {
        waits[successor] -= 1
        if waits[successor] == 0 { ready.append(successor) }
      }
    }
    return order
  }

  /// The same tasks in another order, for one thread.
  fileprivate func reordered(_ order: [Int]) -> TaskGraph {
    var places = [UInt32](repeating: 0, count: order.count)
    for (place, task) in order.enumerated() { places[task] = UInt32(place) }
    let lists = order.map { task in
      successors(of: task).map { places[$0] }.sorted()
    }
    return TaskGraph(
      tasks: order.map { tasks[$0] }, calls: calls,
      successorStarts: lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32($1.count)) },
      successors: lists.flatMap(\.self), predecessorCounts: order.map { predecessorCounts[$0] },
      homes: order.map { _ in 0 }, workspaceBytes: workspaceBytes, runsOnCaller: true,
      storage: storage)
  }
}
