import CKernels
import CPlatform
import CTestSupport
import Foundation
import Synchronization
import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTopology

import TidemillRuntime

@Suite("Pool") struct PoolTests {
  /// Every worker takes part: each task waits until all have begun, on as many threads. No thread
  /// is left when the pool is gone, and while there is nothing to do they sleep.
  @Test("all workers take part, sleep and end", .timeLimit(.minutes(10)), arguments: [2, 3, 8])
  func rendezvous(threads: Int) throws {
    var pool: Pool? = try Pool(threads: threads)
    let helpers = try meet(on: #require(pool), threads: threads)
    #expect(helpers.count == threads - 1)
    #expect(eventually { helpers.allSatisfy { threadState($0) == "S" } }, "idle helpers run")
    // Asleep, they come again.
    #expect(try meet(on: #require(pool), threads: threads) == helpers)
    pool = nil
    #expect(eventually { helpers.allSatisfy { threadState($0) == nil } }, "threads are left")
  }

  /// Wherever the caller runs, no helper is pinned to that PU when the run has begun, as long as one is free: in a pool's
  /// first run, and where the caller has moved since.
  @Test("helpers make room for the caller", .timeLimit(.minutes(10)))
  func room() throws {
    let pus = PU.allowedToProcess()
    guard pus.count > 1 else { return }
    let shared = try Pool(threads: 2)
    let crowded = onThreads(1) { _ -> [String] in
      pus.prefix(4).flatMap { pu -> [String] in
        guard tidemill_pin_thread(Int32(pu.rawValue)) == 0, let fresh = try? Pool(threads: 2) else {
          return ["\(pu) is not there"]
        }
        // Seats change at most once in a millisecond.
        usleep(2000)
        return [shared, fresh].flatMap { pool -> [String] in
          guard let helpers = try? meet(on: pool, threads: 2) else { return ["no run"] }
          return helpers.compactMap { helper in
            var cpu = Int32(-1)
            let count = tidemill_allowed_cpus(Int32(truncatingIfNeeded: helper), &cpu, 1)
            return count == 1 && cpu != Int32(pu.rawValue) ? nil : "\(count), \(cpu) beside \(pu)"
          }
        }
      }
    }
    #expect(crowded == [[]])
  }

  /// Runs a graph that ends only if `threads` workers run at once; returns the helpers' threads.
  private func meet(on pool: Pool, threads: Int) throws -> Set<UInt64> {
    var graph = TestGraph(predecessors: Array(repeating: [], count: threads))
    graph.kernel = Rendezvous.kernel
    graph.work = threads
    let memory = TestMemory(count: threads)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    _ = execution.run(bases: memory.bases, seed: 0, step: 0)
    #expect(memory.records.allSatisfy { $0.broken == 0 }, "not all of \(threads) workers came")
    return Set(memory.records.map(\.thread)).subtracting([Rendezvous.thisThread])
  }

  /// Pools come and go, used and unused.
  @Test("made and released a hundred times", .timeLimit(.minutes(10)))
  func lifecycle() throws {
    let graph = TestGraph.random(seed: 2)
    for round in 0..<100 {
      let pool = try Pool(threads: 1 + round % 5)
      guard round % 7 != 0 else { continue }
      let memory = TestMemory(count: graph.predecessors.count)
      let execution = try Execution(graph.taskGraph(), pool: pool)
      _ = execution.run(bases: memory.bases, seed: 0, step: 0)
      #expect(violations(of: graph, in: memory).isEmpty, "round \(round)")
    }
  }

  /// Executions of eight threads share one pool, more than its helpers can join at once; then of
  /// more threads than a pool has seats.
  @Test(
    "many executions at once", .timeLimit(.minutes(10)),
    arguments: [(8, 2), (8, 4), (JobBoard.capacity + 8, 3)])
  func manyCallers(callers: Int, threads: Int) throws {
    let pool = try Pool(threads: threads)
    let wrong = onThreads(callers) { caller -> [String] in
      var wrong: [String] = []
      for seed in 0..<UInt64(rounds(20)) {
        let graph = TestGraph.random(seed: UInt64(caller) * 1000 + seed)
        let memory = TestMemory(count: graph.predecessors.count)
        guard let execution = try? Execution(graph.taskGraph(), pool: pool) else { return ["none"] }
        for run in 1...3 {
          _ = execution.run(bases: memory.bases, seed: 0, step: 0)
          let found = violations(of: graph, in: memory, times: run)
          wrong += found.prefix(1).map { "caller \(caller), seed \(seed): \($0)" }
        }
      }
      return wrong
    }
    #expect(wrong == Array(repeating: [], count: callers))
  }

  /// A pool that is used for the first time by many threads at once starts its threads once.
  @Test("first use by many threads", .timeLimit(.minutes(10)))
  func firstUse() throws {
    for _ in 0..<20 {
      let pool = try Pool(threads: 3)
      let held = onThreads(6) { caller -> Bool in
        let graph = TestGraph.random(seed: UInt64(caller) + 60)
        let memory = TestMemory(count: graph.predecessors.count)
        guard let execution = try? Execution(graph.taskGraph(), pool: pool) else { return false }
        _ = execution.run(bases: memory.bases, seed: 0, step: 0)
        return violations(of: graph, in: memory).isEmpty
      }
      #expect(held == Array(repeating: true, count: 6))
    }
  }

  /// A PU that is not there costs a warning, and the run goes on.
  @Test("goes on without the pin", .timeLimit(.minutes(10)))
  func failedPin() throws {
    let nowhere = (0..<3).map { Placement.Worker(pu: $0 == 0 ? nil : PU(100_000), core: nil) }
    #expect(try meet(on: Pool(placement: Placement(workers: nowhere)), threads: 3).count == 2)
  }

  /// The calling thread may run where it could before.
  @Test("leaves the caller's affinity alone", .timeLimit(.minutes(10)))
  func affinity() throws {
    let before = PU.allowedToThread()
    _ = try meet(on: Pool(threads: 2), threads: 2)
    #expect(PU.allowedToThread() == before)
  }

  /// Who asks for the same number gets the same pool, while there is someone.
  @Test("pools by number of threads are shared")
  func shared() throws {
    let three = try Pool.shared(threads: 3)
    #expect(three.threads == 3)
    #expect(try Pool.shared(threads: 3) === three)
    #expect(try Pool.shared(threads: nil) === Pool.shared)
    #expect(try Pool.shared(threads: Pool.shared.threads) === Pool.shared)
  }

  /// Numbers that make no sense are told.
  @Test("refuses impossible numbers of threads", arguments: [0, -1, 1_000_000])
  func impossible(threads: Int) {
    let error = #expect(throws: TidemillError.self) { try Pool.shared(threads: threads) }
    #expect(error?.code == .argument)
    #expect(error?.message.contains("\(threads)") == true)
  }

  /// A forked child, which has none of its parent's threads, runs graphs on the same pool, on new
  /// ones, and the parent goes on as before.
  @Test("survives fork", .enabled(if: !ctest_sanitized()), .timeLimit(.minutes(10)))
  func fork() throws {
    let pool = try Pool(threads: 3)
    let body = try ForkBody(pool: pool)
    // Once before: the child has nothing left to set up under locks that it may find locked.
    #expect(body.run() == 0)
    let status = ctest_fork(
      { argument in
        guard let argument else { return 9 }
        return Unmanaged<ForkBody>.fromOpaque(argument).takeUnretainedValue().run()
      }, Unmanaged.passUnretained(body).toOpaque(), 20)
    #expect(status == 0)
    #expect(body.run() == 0)
  }
}

/// What a child does: a graph that only ends well if three workers meet.
private final class ForkBody {
  let memory = TestMemory(count: 3)
  let execution: Execution

  init(pool: Pool) throws {
    var graph = TestGraph(predecessors: Array(repeating: [], count: 3))
    graph.kernel = Rendezvous.kernel
    graph.work = 3
    execution = try Execution(graph.taskGraph(), pool: pool)
  }

  func run() -> Int32 {
    memory.clear()
    guard execution.run(bases: memory.bases, seed: 0, step: 0) == nil else { return 1 }
    return memory.records.allSatisfy { $0.broken == 0 } ? 0 : 2
  }
}

/// A kernel that waits until `work` tasks have begun, and gives up after some seconds.
enum Rendezvous {
  static let kernel: tm_kernel = { frame, raw in
    guard let raw, let bases = frame?.pointee.bases, let clock = bases[0], let memory = bases[1]
    else { return }
    let arguments = raw.load(as: Probe.Arguments.self)
    let mine = memory.assumingMemoryBound(to: Probe.Record.self) + arguments.task
    _ = Probe.tick(clock)
    let begun = clock.assumingMemoryBound(to: Atomic<UInt32>.self)
    var tries = 0
    while begun.pointee.load(ordering: .relaxed) < arguments.work, tries < 10_000 {
      usleep(1000)
      tries += 1
    }
    mine.pointee.broken = begun.pointee.load(ordering: .relaxed) < arguments.work ? 1 : 0
    mine.pointee.thread = thisThread
  }

  static var thisThread: UInt64 { UInt64(ctest_thread()) }
}

@Suite("Idle threads", .serialized) struct IdleTests {
  /// A millisecond after a run its helpers use no time: 0.1 % of half a second at most, by the system's own count. What
  /// a sanitizer does in each thread is counted too, so it is left out there.
  @Test(
    "use no time", .enabled(if: !ctest_sanitized()), .timeLimit(.minutes(10)), arguments: [2, 4])
  func idle(threads: Int) throws {
    let pool = try Pool(threads: threads)
    var graph = TestGraph(predecessors: Array(repeating: [], count: threads))
    graph.kernel = Rendezvous.kernel
    graph.work = threads
    let memory = TestMemory(count: threads)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    _ = execution.run(bases: memory.bases, seed: 0, step: 0)
    let helpers = Set(memory.records.map(\.thread)).subtracting([Rendezvous.thisThread])
    #expect(helpers.count == threads - 1)
    usleep(1000)
    // On a machine that others use a helper may come to its last look late: one of four spans must be quiet.
    var used: [UInt64] = []
    for _ in 0..<4 where used.isEmpty || used.contains(where: { $0 > 500_000 }) {
      let before = helpers.map(runTime)
      usleep(500_000)
      used = try zip(helpers, before).map { try #require(runTime($0)) - ($1 ?? 0) }
    }
    #expect(used.allSatisfy { $0 <= 500_000 }, "\(used) ns in half a second")
  }

  /// Nanoseconds that a thread of this process has run.
  private func runTime(_ thread: UInt64) -> UInt64? {
    let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/schedstat", encoding: .utf8)
    return text?.split(separator: " ").first.flatMap { UInt64($0) }
  }
}
