import CKernels
import CTestSupport
import Foundation
import Synchronization
import Testing
import TidemillCompiler
import TidemillRuntime
import TidemillTopology

@Suite("Tasks that are left to their workers") struct PatienceTests {
  /// Two workers on a machine that is not there.
  private func pool(_ machine: String) throws -> Pool {
    let placement = Placement(workers: (0..<2).map { Placement.Worker(pu: nil, core: $0) })
    return Pool(placement: placement, topology: try Topology(synthetic: machine))
  }

  /// Who runs the second of two tasks of worker 1, the first of which takes 20 ms: worker 0, the caller, if it did so in one of
  /// ten runs, as a machine that others use may keep it away for longer; `nil` where worker 1 did not come to the first.
  private func worker(on machine: String, seconds: Double, bound: Bool = false) throws -> Int? {
    var graph = TestGraph(predecessors: [[], []])
    graph.home = { _ in 1 }
    graph.seconds = { _ in seconds }
    graph.isBound = bound
    graph.kernel = Sleeper.kernel
    let execution = try Execution(graph.taskGraph(), pool: pool(machine))
    var told = 0
    for _ in 0..<200 where told < 10 {
      let memory = SleeperMemory()
      _ = execution.run(bases: memory.bases, seed: 0, step: 0)
      let threads = memory.threads
      #expect(!threads.contains(0))
      // Where the caller was first, as the helper slept, this says nothing.
      guard threads[0] != Sleeper.thisThread else { continue }
      if threads[1] != threads[0] { return 0 }
      told += 1
    }
    return told > 0 ? 1 : nil
  }

  /// Proves: a task of the same node is taken by whoever is free; one of another node that is planned to take a second is left to
  /// its own worker, which is busy for 20 ms; one that is planned to take a microsecond is not.
  @Test("are left to their own workers for a while", .timeLimit(.minutes(5)))
  func patience() throws {
    #expect(try worker(on: "numa:1 core:2 pu:1", seconds: 1) == 0)
    #expect(try worker(on: "numa:2 core:1 pu:1", seconds: 1) == 1)
    #expect(try worker(on: "numa:2 core:1 pu:1", seconds: 1e-6) == 0)
  }

  /// Proves: without stealing a free caller leaves a task to its own worker, which is busy for 20 ms.
  @Test("are not stolen where none is", .timeLimit(.minutes(5)))
  func bound() throws {
    #expect(try worker(on: "core:2 pu:1", seconds: 1e-6, bound: true) == 1)
  }

  /// Proves: where the worker of another node never comes, its tasks are run in any case, each after the time that it is planned
  /// to take at the latest; and so where tasks wait for their own workers: the only helper is in another run that ends after
  /// this one.
  @Test("are run without their workers", .timeLimit(.minutes(5)), arguments: [false, true])
  func absentWorkers(bound: Bool) throws {
    let pool = try pool(bound ? "core:2 pu:1" : "numa:2 core:1 pu:1")
    let gate = Gate()
    let others = Thread {
      var blocker = TestGraph(predecessors: [[], []])
      blocker.kernel = Gate.kernel
      let execution = try? Execution(blocker.taskGraph(), pool: pool)
      var table: [UnsafeMutableRawPointer?] = [Unmanaged.passUnretained(gate).toOpaque()]
      table.withUnsafeMutableBufferPointer { bases in
        guard let first = bases.baseAddress else { return }
        _ = execution?.run(bases: first, seed: 0, step: 0)
      }
      gate.isOver.store(true, ordering: .releasing)
    }
    others.start()
    while gate.inside.load(ordering: .acquiring) < 2 { usleep(1000) }
    var graph = TestGraph(predecessors: (0..<20).map { $0 == 0 ? [] : [$0 - 1] })
    graph.home = { bound && $0 % 3 == 0 ? 0 : 1 }
    graph.seconds = { _ in 2e-3 }
    graph.isBound = bound
    let memory = TestMemory(count: 20)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    _ = execution.run(bases: memory.bases, seed: 0, step: 0)
    let endedBefore = gate.isOver.load(ordering: .acquiring)
    gate.isOpen.store(true, ordering: .releasing)
    while !gate.isOver.load(ordering: .acquiring) { usleep(1000) }
    #expect(!endedBefore)
    #expect(violations(of: graph, in: memory).isEmpty)
  }
}

/// Both workers of a run wait here until somebody opens it.
private final class Gate: Sendable {
  let inside = Atomic<Int>(0)
  let isOpen = Atomic<Bool>(false)
  let isOver = Atomic<Bool>(false)

  static let kernel: tm_kernel = { frame, _ in
    guard let gate = frame?.pointee.bases[0] else { return }
    Unmanaged<Gate>.fromOpaque(gate).takeUnretainedValue().wait()
  }

  func wait() {
    inside.wrappingAdd(1, ordering: .acquiringAndReleasing)
    while !isOpen.load(ordering: .acquiring) { usleep(1000) }
  }
}

/// A kernel whose first task takes 20 ms, and the memory where each task leaves its thread.
private enum Sleeper {
  static var thisThread: UInt64 { UInt64(ctest_thread()) }

  static let kernel: tm_kernel = { frame, arguments in
    guard let frame, let arguments else { return }
    let task = arguments.load(as: Probe.Arguments.self).task
    let threads = frame.pointee.bases[0]?.assumingMemoryBound(to: UInt64.self)
    threads?[task] = thisThread
    if task == 0 { usleep(20_000) }
  }
}

private final class SleeperMemory {
  let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?> = .allocate(capacity: 1)
  private let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: 2)
  var threads: [UInt64] { [memory[0], memory[1]] }

  init() {
    memory.initialize(repeating: 0, count: 2)
    bases.initialize(to: UnsafeMutableRawPointer(memory))
  }

  deinit {
    memory.deallocate()
    bases.deallocate()
  }
}
