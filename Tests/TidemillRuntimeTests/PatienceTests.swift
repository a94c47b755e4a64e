import CKernels
import Foundation
import Synchronization
import Testing
import TidemillCompiler
import TidemillRuntime
import TidemillTopology

@Suite("Tasks that are left to their workers") struct PatienceTests {
  /// Workers on the first cores of a machine that is not there.
  private func pool(_ machine: String, workers: Int = 2) throws -> Pool {
    let placement = Placement(workers: (0..<workers).map { Placement.Worker(pu: nil, core: $0) })
    return Pool(placement: placement, topology: try Topology(synthetic: machine))
  }

  /// How often of ten runs the caller takes the second task of worker 1, which is busy with the first from before the caller is
  /// free until somebody has done the second, or the time is over.
  ///
  /// - Parameters:
  ///   - seconds: What each task is planned to take.
  ///   - longest: The time, in milliseconds.
  private func taken(
    on machine: String, workers: Int = 2, seconds: Double, bound: Bool = false, longest: Int
  ) throws -> Int {
    var graph = TestGraph(predecessors: [[], [], []])
    graph.home = { $0 == 0 ? 0 : 1 }
    graph.seconds = { _ in seconds }
    graph.isBound = bound
    graph.kernel = Busy.kernel
    graph.work = longest
    let execution = try Execution(graph.taskGraph(), pool: pool(machine, workers: workers))
    var taken = 0
    for _ in 0..<10 {
      let memory = TestMemory(count: 3)
      _ = execution.run(bases: memory.bases, seed: 0, step: 0)
      let records = memory.records
      #expect(records.allSatisfy { $0.times == 1 && $0.broken == 0 })
      #expect(records[1].thread != records[0].thread)
      taken += records[2].thread == records[0].thread ? 1 : 0
    }
    return taken
  }

  /// Proves: a task of the same node is taken by whoever is free, and so is one of another node that is planned to take a
  /// microsecond: whoever waits for that waits in vain. One of another node that is planned to take a second is left to its own
  /// worker, which is busy for 20 ms; a machine that others use may stop it for longer than that second at times.
  @Test("are left to their own workers for a while", .timeLimit(.minutes(5)))
  func patience() throws {
    #expect(try taken(on: "numa:1 core:2 pu:1", seconds: 1, longest: 10_000) == 10)
    #expect(try taken(on: "numa:2 core:1 pu:1", seconds: 1e-6, longest: 10_000) == 10)
    #expect(try taken(on: "numa:2 core:1 pu:1", seconds: 1, longest: 20) < 5)
  }

  /// Proves: on a machine of several nodes too a task of the same node is taken at once, and not after the second that it is
  /// planned to take: its own worker would be free before.
  @Test("are taken at once in one node", .timeLimit(.minutes(5)))
  func sameNode() throws {
    #expect(try taken(on: "numa:2 core:2 pu:1", workers: 3, seconds: 1, longest: 500) > 5)
  }

  /// Proves: without stealing a free caller leaves a task to its own worker, which is busy for 20 ms.
  @Test("are not stolen where none is", .timeLimit(.minutes(5)))
  func bound() throws {
    #expect(try taken(on: "core:2 pu:1", seconds: 1e-6, bound: true, longest: 20) == 0)
  }

  /// Proves: where the worker of another node never comes, its tasks are run in any case, each after the time that it is planned
  /// to take at the latest; and so where tasks wait for their own workers: the only helper is in another run that ends after
  /// this one.
  @Test("are run without their workers", .timeLimit(.minutes(5)), arguments: [false, true])
  func absentWorkers(bound: Bool) throws {
    let pool = try pool(bound ? "core:2 pu:1" : "numa:2 core:1 pu:1")
    let gate = Gate.closed(before: 2, of: pool)
    var graph = TestGraph(predecessors: (0..<20).map { $0 == 0 ? [] : [$0 - 1] })
    graph.home = { bound && $0 % 3 == 0 ? 0 : 1 }
    graph.seconds = { _ in 2e-3 }
    graph.isBound = bound
    let memory = TestMemory(count: 20)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    let start = ContinuousClock.now
    _ = execution.run(bases: memory.bases, seed: 0, step: 0)
    // Not before: what is absent may still come for 20 ms, or for as long as a task is planned to take.
    #expect(ContinuousClock.now - start >= .milliseconds(bound ? 20 : 2))
    #expect(gate.open())
    #expect(violations(of: graph, in: memory).isEmpty)
  }
}

/// A kernel of three tasks: the first waits until the second has begun, and that one until the third is done or `work`
/// milliseconds are over. What waits longer than ten seconds is broken.
private enum Busy {
  static let kernel: tm_kernel = { frame, raw in
    guard let raw, let memory = frame?.pointee.bases[1], let clock = frame?.pointee.bases[0] else {
      return
    }
    let arguments = raw.load(as: Probe.Arguments.self)
    let mine = memory.assumingMemoryBound(to: Probe.Record.self) + arguments.task
    mine.pointee.thread = Rendezvous.thisThread
    mine.pointee.times += 1
    // Bits of what has come to pass.
    let past = clock.assumingMemoryBound(to: Atomic<UInt32>.self)
    func wait(for event: UInt32, longest: Int) -> Bool {
      for _ in 0..<longest {
        if past.pointee.load(ordering: .acquiring) & event != 0 { return true }
        usleep(1000)
      }
      return false
    }
    switch arguments.task {
    case 0: mine.pointee.broken = wait(for: 1, longest: 10_000) ? 0 : 1
    case 1:
      past.pointee.bitwiseOr(1, ordering: .releasing)
      _ = wait(for: 2, longest: arguments.work)
    default: past.pointee.bitwiseOr(2, ordering: .releasing)
    }
  }
}
