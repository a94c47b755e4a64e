import Testing
import Tidemill
import TidemillTestSupport

/// Runs in the background, and what ends them early.
@Suite struct AsyncRunTests {
  /// Many products, one after the other: a second or more.
  private func long() throws -> Session {
    try compile(threads: 2) { g in
      var x = g.input("x", [512, 512])
      for _ in 0..<3000 { x = (x.matmul(x) * 1e-3).tanh() }
      return x.sum()
    }.session()
  }

  @Test func sameNumbersAsOnTheCallingThread() async throws {
    let workload = try Workload.named("mlp_digits")
    let data = try workload.data(seed: 1)
    let compiled = try workload.compiled(threads: 2)
    let here = try compiled.session(workload.initialize(seed: 1))
    let there = try compiled.session(workload.initialize(seed: 1))
    for _ in 0..<5 {
      let loss = try await there.runAsync(data.input, data.target).item()
      #expect(try here.run(data.input, data.target).item() == loss)
    }
    let losses = try await there.runAsync(steps: 4, data.input, data.target)
    #expect(
      try here.run(steps: 4, data.input, data.target).scalars(as: Float.self)
        == losses.scalars(as: Float.self))
    #expect(there.step == 9)
  }

  /// A task that is cancelled throws as Swift's own do, long before the run would have ended.
  @Test(.timeLimit(.minutes(1))) func cancelledInference() async throws {
    let task = Task {
      let session = try long()
      let x = try Tensor(repeating: Float(0.01), shape: [512, 512])
      try await session.runAsync(x)
    }
    try await Task.sleep(for: .milliseconds(300))
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
  }

  /// A run on the calling thread looks before each step.
  @Test func cancelledBeforeAStep() async throws {
    let workload = try Workload.named("tiny")
    let task = Task {
      let session = try workload.compiled().session(workload.initialize(seed: 1))
      let data = try workload.data(seed: 1)
      try session.run(data.input, data.target)
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(throws: CancellationError.self) { try session.run(data.input, data.target) }
      #expect(throws: CancellationError.self) {
        try session.run(steps: 3, data.input, data.target)
      }
      return session.step
    }
    #expect(try await task.value == 1)
  }

  /// Training that is cancelled has done whole steps: the weights are those after as many.
  @Test(.timeLimit(.minutes(1))) func cancelledTraining() async throws {
    let workload = try Workload.named("mlp_digits")
    let data = try workload.data(seed: 1)
    let compiled = try workload.compiled(threads: 2)
    let store = try workload.initialize(seed: 1)
    let task = Task {
      let session = try compiled.session(store)
      await #expect(throws: CancellationError.self) {
        try await session.runAsync(steps: 1_000_000, data.input, data.target)
      }
      return session.step
    }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    let steps = await Int(try task.value)
    #expect(steps < 1_000_000)
    let other = try workload.initialize(seed: 1)
    let whole = try compiled.session(other)
    if steps > 0 { try whole.run(steps: steps, data.input, data.target) }
    for (one, another) in zip(try store.tensors, try other.tensors) {
      #expect(one.tensor.hasSameBits(as: another.tensor), "\(one.name)")
    }
  }

  @Test func timeLimits() throws {
    let session = try long()
    let x = try Tensor(repeating: Float(0.01), shape: [512, 512])
    session.timeLimit = .milliseconds(5)
    let error = #expect(throws: TidemillError.self) { try session.run(x) }
    #expect(error?.code == .deadline)
    session.timeLimit = .seconds(-1)
    #expect(throws: TidemillError.self) { try session.run(x) }
    #expect(session.step == 0)
  }

  /// Two runs at once on one session are refused; the first goes on. On a machine that others use it may not have begun, or may
  /// have ended, when the second one comes: then again.
  @Test @MainActor func busy() async throws {
    let session = try long()
    let x = try Tensor(repeating: Float(0.01), shape: [512, 512])
    var refusal: TidemillError?
    for _ in 0..<10 where refusal == nil {
      let first = Task { @MainActor in try await session.runAsync(x) }
      try await Task.sleep(for: .milliseconds(100))
      do { try session.run(x) } catch let error as TidemillError { refusal = error }
      first.cancel()
      // It may have come to its end meanwhile.
      if case .failure(let error) = await first.result { #expect(error is CancellationError) }
    }
    #expect(refusal?.code == .busy)
  }

  /// Bits do not depend on how urgent a run is.
  @Test func priorities() throws {
    let workload = try Workload.named("branches")
    let data = try workload.data(seed: 1)
    let losses = try Session.Priority.allCases.map { priority in
      let session = try workload.compiled(threads: 2).session(workload.initialize(seed: 1))
      session.priority = priority
      return try (0..<3).map { _ in try session.run(data.input, data.target).item() }
    }
    #expect(Set(losses).count == 1)
  }
}
