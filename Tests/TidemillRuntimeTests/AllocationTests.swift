import CTestSupport
import Testing
import TidemillRuntime

@Suite("Allocations", .serialized) struct AllocationTests {
  /// After the first run neither the caller nor a helper calls malloc, with or without a trace.
  ///
  /// Each thread that runs a task counts its own allocations from then on.
  @Test(
    "a warm run allocates nothing", .enabled(if: !ctest_sanitized()), .timeLimit(.minutes(10)),
    arguments: [1, 2, 4], [false, true])
  func warmRuns(threads: Int, traced: Bool) throws {
    var graph = TestGraph.random(seed: 10)
    graph.kernel = { frame, arguments in
      ctest_count_this_thread(CTEST_RUNS)
      Probe.kernel(frame, arguments)
    }
    let memory = TestMemory(count: graph.predecessors.count)
    let execution = try Execution(graph.taskGraph(), pool: Pool(threads: threads))
    let trace = traced ? execution.makeTrace(eventsPerWorker: 50) : nil
    for _ in 0..<20 { _ = execution.run(bases: memory.bases, seed: 0, step: 0, trace: trace) }
    ctest_count_this_thread(CTEST_RUNS)
    let before = ctest_allocations(CTEST_RUNS)
    // Not `for`: an iterator over a range allocates in a debug build.
    var step: UInt64 = 0
    while step < 200 {
      _ = execution.run(bases: memory.bases, seed: 0, step: step, trace: trace)
      step += 1
    }
    let after = ctest_allocations(CTEST_RUNS)
    ctest_count_this_thread(CTEST_NOTHING)
    #expect(after == before)
  }

  /// The counter counts, or the test above would prove nothing.
  @Test("the counter counts", .enabled(if: !ctest_sanitized()))
  func counter() {
    ctest_count_this_thread(CTEST_COUNTER)
    let before = ctest_allocations(CTEST_COUNTER)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 64)
    let array = [Int](repeating: 1, count: 100)
    let after = ctest_allocations(CTEST_COUNTER)
    ctest_count_this_thread(CTEST_NOTHING)
    memory.deallocate()
    #expect(array.count == 100)
    #expect(after >= before + 2)
  }
}
