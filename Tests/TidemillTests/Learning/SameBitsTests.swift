import Testing
import Tidemill
import TidemillTestSupport

/// The same weights, bit by bit, for any number of threads and under any budget.
@Suite struct SameBitsTests {
  @Test func overThreadsAndBudgets() throws {
    let small = SmallTraining()
    let expected = try small.train(small.compiled(threads: 1), steps: 40)
    #expect(expected.contains { $0.doubles.contains { $0 != 0 } })
    for threads in [1, 2, 3, 8] {
      let smallest = try #require(
        try smallestBudget { _ = try small.compiled(budget: $0, threads: threads) })
      for budget in [MemoryBudget.unlimited, .bytes(smallest)] {
        let function = try small.compiled(budget: budget, threads: threads)
        let found = try small.train(function, steps: 40)
        #expect(
          zip(found, expected).allSatisfy { $0.hasSameBits(as: $1) },
          "\(threads) threads, \(budget)")
      }
    }
  }

  /// A workload that is cut into many tasks.
  @Test func workload() throws {
    let workload = try Workload.named("mlp_digits")
    let data = try workload.data(seed: 3)
    let results = try [1, 2, 3, 8].map { threads in
      let store = try workload.initialize(seed: 1)
      let session = try workload.compiled(threads: threads).session(store)
      for _ in 0..<5 { _ = try session.run(data.input, data.target) }
      return try store.tensors.map(\.tensor)
    }
    for found in results.dropFirst() {
      #expect(zip(found, results[0]).allSatisfy { $0.hasSameBits(as: $1) })
    }
  }

  /// Training learns: the samples are separable, so the loss goes down far.
  @Test func lossGoesDown() throws {
    let small = SmallTraining(dropout: false)
    let store = try small.network.initialize(seed: 1)
    let session = try small.compiled().session(store)
    var losses: [Double] = []
    for step in 0..<200 {
      let (x, labels) = try small.samples(step)
      losses.append(try session.run(x, labels).item())
    }
    #expect(losses.suffix(20).reduce(0, +) / 20 < 0.25 * losses[0])
  }
}
