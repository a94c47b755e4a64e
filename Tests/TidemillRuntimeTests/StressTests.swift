import CKernels
import CTestSupport
import Foundation
import Synchronization
import Testing
import TidemillCompiler
import TidemillRuntime

@Suite("Stress", .serialized) struct StressTests {
  /// As many tasks as `TIDEMILL_STRESS` says, in thousands; 400 without it, or a tenth under a sanitizer.
  static let tasks =
    1000
    * (ProcessInfo.processInfo.environment["TIDEMILL_STRESS"].flatMap(UInt64.init)
      ?? UInt64(rounds(400)))

  /// Sixteen threads make pools and executions, share others, run one and many laps, urgent and not, and cancel some at
  /// any moment. What was not cancelled is right to the last number, what was has left no state half written, and in the
  /// end there are as many threads as before: a process of its own, as the threads of other tests would count.
  @Test("pools, runs and cancellations at once", .timeLimit(.minutes(20)))
  func everything() async {
    await #expect(processExitsWith: .success) { try Self.everythingAtOnce() }
  }

  private static func everythingAtOnce() throws {
    let before = threadCount()
    let shared = try Pool(threads: 3)
    let done = AtomicCount()
    let wrong = onThreads(16) { thread -> [String] in
      var generator = SplitMix(seed: UInt64(thread))
      var found: [String] = []
      while done.value < tasks {
        guard let outcome = try? round(shared, done, &generator) else { return ["no memory"] }
        found += outcome
      }
      return Array(found.prefix(3))
    }
    #expect(wrong == Array(repeating: [], count: 16))
    #expect(done.value >= tasks)
    withExtendedLifetime(shared) {}
    #expect(eventually { threadCount() <= before + 2 }, "threads are left")
  }

  private static func round(
    _ shared: Pool, _ done: AtomicCount, _ generator: inout SplitMix
  ) throws -> [String] {
    var graph = TestGraph.random(seed: generator.next() % 3000)
    let count = graph.predecessors.count
    guard count > 0 else { return [] }
    graph.work = 1
    // A check in the middle; all that are behind it and wait for it write state.
    let guardTask = count / 2
    graph.mayFail = [guardTask]
    for task in guardTask + 1..<max(count, guardTask + 1) where task % 2 == 0 {
      graph.predecessors[task] = Set(graph.predecessors[task]).union([guardTask]).sorted()
      graph.writesState.insert(task)
    }
    let pool =
      generator.next() % 8 == 0 ? try Pool(threads: Int(generator.next() % 6) + 1) : shared
    let execution = try Execution(graph.taskGraph(), pool: pool)
    let memory = TestMemory(count: count)
    for _ in 0..<Int(generator.next() % 12) + 1 {
      memory.clear()
      let cancellation = Cancellation()
      let isCancelled = generator.next() % 4 == 0
      let priorities: [JobPriority] = [.low, .normal, .high]
      let limits = RunLimits(
        cancellation: cancellation, priority: priorities[Int(generator.next() % 3)])
      let delay = UInt32(generator.next() % 200)
      let failure =
        isCancelled
        ? besides({
          usleep(delay); cancellation.cancel()
        }) {
          execution.run(bases: memory.bases, seed: 1, step: 0, limits: limits)
        } : execution.run(bases: memory.bases, seed: 1, step: 0, limits: limits)
      done.add(UInt64(count))
      guard failure == nil else {
        let changed = Set(graph.writesState.map { memory.records[$0].times })
        guard failure?.code == TM_CANCELLED, changed.isSubset(of: [0]) else {
          return ["\(String(describing: failure)) has left \(changed)"]
        }
        continue
      }
      let found = violations(of: graph, in: memory)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// Runs one body here and another one on a thread, and waits for both.
  private static func besides<R>(_ other: @escaping @Sendable () -> Void, _ body: () -> R) -> R {
    let ended = DispatchSemaphore(value: 0)
    let thread = Thread {
      other()
      ended.signal()
    }
    thread.start()
    let result = body()
    ended.wait()
    return result
  }

  private static func threadCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
  }
}

/// A number that threads add to.
private final class AtomicCount: Sendable {
  private let number = Atomic<UInt64>(0)
  var value: UInt64 { number.load(ordering: .relaxed) }
  func add(_ more: UInt64) { number.wrappingAdd(more, ordering: .relaxed) }
}
