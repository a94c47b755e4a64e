import CTestSupport
import Foundation
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

  /// Nor does a warm run wait for the system to give a page, on any of its threads. Other tests fork this process, after
  /// which every page is written to anew: so the best of several.
  @Test(
    "a warm run has no page faults", .enabled(if: !ctest_sanitized()), .timeLimit(.minutes(10)),
    arguments: [2, 4])
  func pageFaults(threads: Int) throws {
    let graph = TestGraph.random(seed: 10)
    var meeting = TestGraph(predecessors: Array(repeating: [], count: threads))
    meeting.kernel = Rendezvous.kernel
    meeting.work = threads
    let pool = try Pool(threads: threads)
    let (place, memory) = (TestMemory(count: threads), TestMemory(count: graph.predecessors.count))
    let meet = try Execution(meeting.taskGraph(), pool: pool)
    let execution = try Execution(graph.taskGraph(), pool: pool)
    var fewest = Int.max
    for _ in 0..<20 {
      var faults = 0
      for round in 0..<2 {
        // All helpers come, and tell who they are.
        place.clear()
        _ = meet.run(bases: place.bases, seed: 0, step: 0)
        let workers = Set(place.records.map(\.thread))
        #expect(workers.count == threads)
        let now = try workers.reduce(0) { try $0 + #require(pageFaults(of: $1)) }
        faults = round == 0 ? now : now - faults
        if round == 0 {
          for _ in 0..<10 { _ = execution.run(bases: memory.bases, seed: 0, step: 0) }
        }
      }
      fewest = min(fewest, faults)
    }
    #expect(fewest == 0)
  }

  /// How often a thread of this process had to wait for a page, as the kernel counts.
  private func pageFaults(of thread: UInt64) -> Int? {
    let stat = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8)
    // Behind the name in parentheses, which may hold anything: the state, and eight numbers on the minor and the major faults.
    let words = stat?.split(separator: ")").last?.split(separator: " ")
    guard let words, words.count > 9, let minor = Int(words[7]), let major = Int(words[9]) else {
      return nil
    }
    return minor + major
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
