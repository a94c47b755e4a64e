import Testing
import Tidemill
import TidemillTestSupport

/// Steps that fail leave all state as it was, and say which step and why.
@Suite struct FailedStepTests {
  private func states(_ store: ParameterStore) throws -> [Tensor] {
    try store.tensors.map(\.tensor)
      + ["0.weight.velocity", "0.bias.velocity"].map { try store.tensor(named: $0) }
  }

  private func makeSession(
    _ threads: Int
  ) throws -> (small: SmallTraining, store: ParameterStore, session: Session) {
    let small = SmallTraining()
    let store = try small.network.initialize(seed: 1)
    return (small, store, try small.compiled(threads: threads).session(store))
  }

  @Test(arguments: [1, 2, 8]) func notFinite(threads: Int) throws {
    let (small, store, session) = try makeSession(threads)
    for step in 0..<3 { _ = try session.run(small.samples(step).x, small.samples(step).labels) }
    let before = try states(store)
    let (x, labels) = try small.samples(3)
    var broken = x
    try broken.set(Float.nan, at: 7, 2)
    do {
      _ = try session.run(broken, labels)
      Issue.record("a NaN loss was taken")
    } catch let error as TidemillError {
      #expect(error.code == .notFinite)
      #expect(error.message.hasPrefix("Step 3: the loss is not finite"))
    }
    for (one, other) in zip(before, try states(store)) { #expect(one.hasSameBits(as: other)) }
    #expect(session.step == 3)
    _ = try session.run(x, labels)
    #expect(session.step == 4)
  }

  @Test(arguments: [1, 2, 8]) func labelOutOfRange(threads: Int) throws {
    let (small, store, session) = try makeSession(threads)
    for step in 0..<2 { _ = try session.run(small.samples(step).x, small.samples(step).labels) }
    let before = try states(store)
    let (x, labels) = try small.samples(2)
    for label in [3, -1, .max] as [Int32] {
      var broken = labels
      try broken.set(label, at: 49)
      do {
        _ = try session.run(x, broken)
        Issue.record("label \(label) was taken")
      } catch let error as TidemillError {
        #expect(error.code == .indexOutOfRange)
        #expect(error.message.contains("Step 2") && error.message.contains("softmaxCrossEntropy"))
        #expect(
          error.message.contains("element 49 of the indices is \(label), but must be in 0 ..< 3"))
      }
    }
    for (one, other) in zip(before, try states(store)) { #expect(one.hasSameBits(as: other)) }
    _ = try session.run(x, labels)
  }

  /// A failed step is as if it had not been tried: the same bits afterwards as without it.
  @Test func trainingGoesOnAsIfNothingHappened() throws {
    let small = SmallTraining()
    let function = try small.compiled()
    let undisturbed = try small.train(function, steps: 6)
    let store = try small.network.initialize(seed: 1)
    let session = try function.session(store, seed: 5)
    for step in 0..<6 {
      let (x, labels) = try small.samples(step)
      var broken = x
      try broken.set(Float.nan, at: 0, 0)
      #expect(try message { try session.run(broken, labels) }.contains("not finite"))
      _ = try session.run(x, labels)
    }
    for (one, other) in zip(undisturbed, try store.tensors) {
      #expect(one.hasSameBits(as: other.tensor), "\(other.name)")
    }
  }
}
