import CKernels
import CPlatform
import Foundation
import Synchronization
import Testing
import TidemillCompiler
import TidemillRuntime

@Suite("Run limits") struct RunLimitTests {
  private func graph(_ predecessors: [[Int]]) -> TestGraph {
    var graph = TestGraph(predecessors: predecessors)
    graph.kernel = Canceller.kernel
    return graph
  }

  private func run(_ graph: TestGraph, threads: Int, deadline: UInt64 = .max) throws -> (
    failure: RunFailure?, times: [UInt32]
  ) {
    let memory = TestMemory(count: graph.predecessors.count)
    let cancellation = Cancellation()
    let bases: [UnsafeMutableRawPointer?] = [
      memory.bases[0], memory.bases[1], Unmanaged.passUnretained(cancellation).toOpaque(),
    ]
    let execution = try Execution(graph.taskGraph(), pool: Pool(threads: threads))
    let failure = bases.withUnsafeBufferPointer { table in
      table.baseAddress.flatMap {
        execution.run(
          bases: $0, seed: 0, step: 7,
          limits: RunLimits(cancellation: cancellation, deadline: deadline))
      }
    }
    return (failure, memory.records.map(\.times))
  }

  /// Where nothing is written but results, the tasks behind the one at which the run is cancelled are left out.
  @Test("ends between tasks", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func betweenTasks(threads: Int) throws {
    var chain = graph((0..<40).map { $0 == 0 ? [] : [$0 - 1] })
    chain.work = 17
    let (failure, times) = try run(chain, threads: threads)
    #expect(failure?.code == TM_CANCELLED && failure?.step == 7)
    #expect(times == (0..<40).map { $0 <= 17 ? 1 : 0 })
  }

  /// Where tasks write state, all of them run or none: none where the check comes after the request, all where before.
  @Test("never changes half of the state", .timeLimit(.minutes(10)), arguments: [1, 2, 8])
  func wholeSteps(threads: Int) throws {
    for at in 0..<30 {
      var step = graph(Array(repeating: [], count: 12) + [Array(0..<12)])
      step.predecessors += (13..<30).map { _ in [12] }
      step.writesState = Set(13..<30)
      step.mayFail = [12]
      step.work = at
      let (failure, times) = try run(step, threads: threads)
      let changed = Set(times[13...])
      #expect(changed == (at < 12 ? [0] : [1]), "at \(at)")
      #expect((failure?.code == TM_CANCELLED) == (at < 12), "at \(at)")
    }
  }

  /// A deadline that has passed leaves out everything; one that is far away nothing.
  @Test("deadlines", .timeLimit(.minutes(10)), arguments: [1, 3])
  func deadline(threads: Int) throws {
    var chain = graph((0..<20).map { $0 == 0 ? [] : [$0 - 1] })
    chain.work = -1
    let late = try run(chain, threads: threads, deadline: 1)
    #expect(late.failure?.code == TM_LATE)
    #expect(late.times.allSatisfy { $0 == 0 })
    let hour: UInt64 = 3_600_000_000_000
    let inTime = try run(chain, threads: threads, deadline: tidemill_nanoseconds() + hour)
    #expect(inTime.failure == nil && inTime.times.allSatisfy { $0 == 1 })
  }

  /// A helper leaves a long run for one that is more urgent, which could not end without it.
  @Test("helpers go where it is urgent", .timeLimit(.minutes(10)))
  func priority() throws {
    let pool = try Pool(threads: 2)
    let count = 4000
    var long = TestGraph(predecessors: Array(repeating: [], count: count))
    long.kernel = Slow.kernel
    var urgent = TestGraph(predecessors: [[], []])
    urgent.kernel = Rendezvous.kernel
    urgent.work = 2
    let tasks = (long: long.taskGraph(), urgent: urgent.taskGraph())
    let memory = TestMemory(count: count)
    // Unchecked: an atomic counter.
    nonisolated(unsafe) let clock = memory.bases[0]
    nonisolated(unsafe) let bases = memory.bases
    let ticks: @Sendable () -> UInt32 = {
      clock?.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .relaxed) ?? 0
    }
    let done = onThreads(2) { thread -> UInt32? in
      if thread == 0 {
        guard let execution = try? Execution(tasks.long, pool: pool) else { return nil }
        _ = execution.run(
          bases: bases, seed: 0, step: 0, limits: RunLimits(priority: .low))
        return ticks()
      }
      guard eventually({ ticks() > 8 }), let execution = try? Execution(tasks.urgent, pool: pool)
      else { return nil }
      let met = TestMemory(count: 2)
      _ = execution.run(bases: met.bases, seed: 0, step: 0, limits: RunLimits(priority: .high))
      return met.records.allSatisfy { $0.broken == 0 } ? ticks() : nil
    }
    #expect(done[0] == UInt32(count))
    let meanwhile = try #require(done[1] ?? nil)
    #expect(meanwhile < UInt32(count), "the helper came when the long run was over")
  }
}

/// Cancels the run at the task of number `work`.
private enum Canceller {
  static let kernel: tm_kernel = { frame, raw in
    guard let raw, let bases = frame?.pointee.bases, let memory = bases[1], let request = bases[2]
    else { return }
    let arguments = raw.load(as: Probe.Arguments.self)
    memory.assumingMemoryBound(to: Probe.Record.self)[arguments.task].times += 1
    if arguments.task == arguments.work {
      Unmanaged<Cancellation>.fromOpaque(request).takeUnretainedValue().cancel()
    }
  }
}

private enum Slow {
  static let kernel: tm_kernel = { frame, _ in
    guard let clock = frame?.pointee.bases?[0] else { return }
    usleep(500)
    _ = Probe.tick(clock)
  }
}
