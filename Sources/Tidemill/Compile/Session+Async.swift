import Dispatch
import TidemillGraph
import TidemillRuntime

extension Session {
  /// Takes inputs, lets a run go on in the background, and gives its first result.
  private func inBackground<each Input: SessionInput>(
    _ values: repeat each Input, steps: Int?, isolation: isolated (any Actor)?
  ) async throws -> Tensor {
    defer { inputs.release() }
    try set(repeat each values, steps: steps)
    isBusy = true
    defer { isBusy = false }
    let cancellation = Cancellation()
    let session = Borrowed(self)
    do {
      try await withTaskCancellationHandler {
        try await Background.run {
          if let steps {
            try session.value.runSteps(steps, cancellation: cancellation)
          } else {
            try session.value.runStep(cancellation: cancellation)
          }
        }
      } onCancel: {
        cancellation.cancel()
      }
    } catch let error as TidemillError where error.code == .cancelled {
      throw CancellationError()
    }
    return current.output(0)
  }

  /// Runs one step on a thread of its own, as ``run(_:)`` does on the calling one.
  ///
  /// Where the calling `Task` is cancelled, a run without updates ends between two of its tasks, and a training step
  /// before it changes anything.
  ///
  /// - Throws: As ``run(_:)``; `CancellationError`; `busy` where the session is in use already.
  @discardableResult
  public func runAsync<each Input: SessionInput>(
    _ values: repeat each Input, isolation: isolated (any Actor)? = #isolation
  ) async throws -> Tensor {
    try await inBackground(repeat each values, steps: nil, isolation: isolation)
  }

  /// Runs many steps on a thread of its own, as ``run(steps:_:)`` does on the calling one.
  ///
  /// Where the calling `Task` is cancelled, the steps that have begun to change the state are finished, and no others.
  /// ``step`` says how many there were.
  ///
  /// - Throws: As ``run(steps:_:)``; `CancellationError`; `busy` where the session is in use already.
  @discardableResult
  public func runAsync<each Input: SessionInput>(
    steps: Int, _ values: repeat each Input, isolation: isolated (any Actor)? = #isolation
  ) async throws -> Tensor {
    try Self.check(steps: steps)
    return try await inBackground(repeat each values, steps: steps, isolation: isolation)
  }
}

/// What another thread uses while its owner waits.
///
/// Unchecked: the owner does not touch it until then.
private struct Borrowed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Threads that may wait, which those of tasks must not.
private enum Background {
  static func run(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      DispatchQueue.global().async {
        done.resume(with: Result { try body() })
      }
    }
  }
}
