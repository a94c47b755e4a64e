import Testing
import Tidemill
import TidemillCompiler
import TidemillRuntime
import TidemillTestSupport

/// Runs in which each task waits for its own worker.
@Suite struct StealingTests {
  /// Proves: weights have the same bits with stealing and without, step by step and many steps at once.
  @Test(.timeLimit(.minutes(5)), arguments: ["mlp_digits", "branches"], [2, 4])
  func bitsAreTheSame(name: String, threads: Int) throws {
    func weights(stealing: Bool) throws -> [[UInt8]] {
      let workload = try Workload.named(name).batched(16)
      let function = try workload.compiled(
        threads: threads, barriers: false, stealing: stealing)
      #expect(function.executable.tasks.isBound == !stealing)
      let store = try workload.initialize(seed: 2)
      let session = try Session(function, store: store, seed: 0, pool: Pool(threads: threads))
      let data = try workload.data(seed: 3)
      for _ in 0..<3 { try session.run(data.input, data.target) }
      try session.run(steps: 3, data.input, data.target)
      return try (store.tensors + store.optimizerState).map { Array($0.tensor.storage.bytes) }
    }
    #expect(try weights(stealing: false) == weights(stealing: true))
  }

  /// Proves: no task runs on another worker than its own, but for those that the caller takes over from a helper that did not
  /// come in time.
  @Test(.timeLimit(.minutes(5))) func tasksRunAtHome() throws {
    let workload = try Workload.named("branches")
    let function = try workload.compiled(threads: 2, barriers: false, stealing: false)
    #expect(!function.executable.tasks.runsOnCaller)
    let session = try Session(
      function, store: workload.initialize(seed: 1), seed: 0, pool: Pool(threads: 2))
    let data = try workload.data(seed: 1)
    // On a machine that others use no helper may come in time for many a run.
    var fewest = Int.max
    for _ in 0..<200 where fewest > 0 {
      let trace = session.makeTrace(eventsPerWorker: 10_000)
      session.trace = trace
      try session.run(data.input, data.target)
      let recording = trace.recording(of: function.executable.tasks)
      fewest = min(fewest, recording.stolenTasks().count)
    }
    #expect(fewest == 0)
  }
}
