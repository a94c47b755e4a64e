import CTestSupport
import Foundation
import Testing
import Tidemill

@Suite("Session allocations", .serialized) struct SessionAllocationTests {
  /// Once warm, a step of every workload allocates nothing on the thread that runs the session, from
  /// binding the inputs to handing out the loss, and never waits for the system to give a page. (What helpers do is
  /// counted in the runtime's tests.)
  @Test(
    "a warm step allocates nothing", .enabled(if: !ctest_sanitized()),
    arguments: ["tiny", "mlp_digits", "mlp_digits_b1", "branches"])
  func warmSteps(name: String) throws {
    let workload = try Workload.named(name)
    let session = try workload.compiled().session(workload.initialize(seed: 1))
    let data = try workload.data(seed: 1)
    for _ in 0..<10 { try session.run(data.input, data.target) }
    let counts = try counts { try session.run(data.input, data.target) }
    #expect(counts.allocations == 0)
    #expect(counts.faults == 0)
  }

  /// What the calling thread asks the allocator for in a hundred steps, and the fewest page faults of ten of them.
  private func counts(_ step: () throws -> Void) rethrows -> (allocations: UInt64, faults: Int64) {
    // Other tests fork this process, after which every page is written to anew: so the best of several.
    var fewest = Int64.max
    ctest_count_this_thread(CTEST_SESSIONS)
    let before = ctest_allocations(CTEST_SESSIONS)
    // Not `for`: an iterator over a range allocates in a debug build.
    var window = 0
    while window < 10 {
      let faults = ctest_faults()
      var round = 0
      while round < 10 {
        try step()
        round += 1
      }
      fewest = min(fewest, ctest_faults() - faults)
      window += 1
    }
    let after = ctest_allocations(CTEST_SESSIONS)
    ctest_count_this_thread(CTEST_NOTHING)
    return (after - before, fewest)
  }

  /// The counter counts, or the tests here would prove nothing: a page that is new is a fault.
  @Test("the counter of faults counts")
  func counter() throws {
    let counts = try counts {
      let page = try #require(
        mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
      page.storeBytes(of: 1, as: UInt8.self)
      munmap(page, 4096)
    }
    #expect(counts.faults >= 10)
  }

  /// Nor where memory lies in several NUMA nodes.
  @Test("a warm step on several nodes", .enabled(if: !ctest_sanitized()), .timeLimit(.minutes(5)))
  func severalNodes() throws {
    let nodes = try PretendedNodes("pack:2 numa:1 core:1 pu:1", workload: "mlp_digits")
    let session = try nodes.session(nodes.workload.initialize(seed: 1))
    let data = try nodes.workload.data(seed: 1)
    for _ in 0..<10 { try session.run(data.input, data.target) }
    let counts = try counts { try session.run(data.input, data.target) }
    #expect(counts.allocations == 0)
    #expect(counts.faults == 0)
  }

  /// Nor does the whole training loop in the middle of an epoch: batches and results reuse their memory.
  @Test("a warm training loop allocates nothing", .enabled(if: !ctest_sanitized()))
  func warmTraining() throws {
    let digits = try Digits.load()
    let network = Sequential.classifier(
      inputs: 64, hidden: [32], classes: 10, activation: .relu)
    var options = TrainingOptions()
    options.epochs = 2
    let training = try ClassifierTraining(network, features: 64, options)
    var counts: [UInt64] = []
    counts.reserveCapacity(100)
    ctest_count_this_thread(CTEST_SESSIONS)
    var last = ctest_allocations(CTEST_SESSIONS)
    try training.run(on: digits.train) { _ in
      counts.append(ctest_allocations(CTEST_SESSIONS) - last)
      last = ctest_allocations(CTEST_SESSIONS)
    }
    ctest_count_this_thread(CTEST_NOTHING)
    // 22 full batches and a smaller one; the first few of an epoch make the memory.
    #expect(counts.count == 46)
    #expect(counts[4..<22].allSatisfy { $0 == 0 })
    #expect(counts[27..<45].allSatisfy { $0 == 0 })
  }
}
