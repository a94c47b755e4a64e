import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// One executable, many sessions, many threads.
@Suite struct ManySessionsTests {
  /// Runs `body` on threads of their own and gives the results by thread.
  private func onThreads<R: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> R
  ) async throws -> [R] {
    try await withThrowingTaskGroup(of: (Int, R).self) { group in
      for index in 0..<count {
        group.addTask {
          try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(with: Result { (index, try body(index)) })
            }
          }
        }
      }
      var results: [(Int, R)] = []
      for try await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Eight sessions train at once, each on a store of its own: the same bits as alone.
  @Test(arguments: [1, 3]) func trainAtOnce(threads: Int) async throws {
    let small = SmallTraining()
    let function = try small.compiled(threads: threads)
    let alone = try small.train(function, steps: 30)
    let together = try await onThreads(8) { _ in try small.train(function, steps: 30) }
    for weights in together {
      #expect(zip(weights, alone).allSatisfy { $0.hasSameBits(as: $1) })
    }
  }

  /// Inference beside training on one store sees weights of one step, never of two: the difference of
  /// two parameters that are always changed together is always 0.
  @Test func readersSeeWholeSteps() async throws {
    let (a, b) = (
      parameter("a", try Tensor(zeros: [5000])), parameter("b", try Tensor(zeros: [5000]))
    )
    let store = try store([a, b])
    let write = try compile(threads: 2) { g in
      g.assign(a, g.read(a) + 1)
      g.assign(b, g.read(b) + 1)
      return g.read(a).max()
    }
    let read = try compile(threads: 2) { g in (g.read(a) - g.read(b)).abs().max() }
    let differences = try await onThreads(5) { index -> Double in
      if index == 0 {
        let session = try write.session(store)
        for _ in 0..<300 { _ = try session.run() }
        return 0
      }
      let session = try read.session(store)
      var largest = 0.0
      for _ in 0..<300 { largest = Swift.max(largest, try session.run().item()) }
      return largest
    }
    #expect(differences == [0, 0, 0, 0, 0])
    #expect(try store.tensor(named: "b").doubles.allSatisfy { $0 == 300 })
  }

  /// What one session trains, another of another function on the same store uses.
  @Test func sessionsShareAStore() throws {
    // Without dropout, whose random numbers begin anew with each session.
    let small = SmallTraining(dropout: false)
    let store = try small.network.initialize(seed: 1)
    let infer = try compile { g in small.network(g.input("x", [2, 6])) }
    let x = try Tensor((0..<12).map { Float($0) / 12 }, shape: [2, 6])
    let (one, other) = (
      try infer.session(store), try infer.session(small.network.initialize(seed: 1))
    )
    #expect(try one.run(x).hasSameBits(as: other.run(x)))
    _ = try small.train(small.compiled(), store: store, steps: 3)
    #expect(try !one.run(x).hasSameBits(as: other.run(x)))
    // Velocities are the store's too: a second session goes on where the first stopped.
    let (whole, halves) = (
      try small.network.initialize(seed: 1), try small.network.initialize(seed: 1)
    )
    let function = try small.compiled()
    let all = try small.train(function, store: whole, steps: 10)
    _ = try small.train(function, store: halves, steps: 4)
    let rest = try small.train(function, store: halves, steps: 6, from: 4)
    #expect(zip(all, rest).allSatisfy { $0.hasSameBits(as: $1) })
  }
}
