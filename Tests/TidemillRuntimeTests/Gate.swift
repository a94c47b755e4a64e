import CKernels
import Foundation
import Synchronization
import TidemillRuntime

/// A run that keeps workers of a pool away from others: all of them wait in it until the gate is opened.
final class Gate: Sendable {
  private let inside = Atomic<Int>(0)
  private let isOpen = Atomic<Bool>(false)
  private let isOver = Atomic<Bool>(false)

  /// Begins the run on a thread of its own, and returns when as many workers as that are in it, the thread itself
  /// being one.
  static func closed(before workers: Int, of pool: Pool) -> Gate {
    let gate = Gate()
    let caller = Thread {
      var graph = TestGraph(predecessors: Array(repeating: [], count: workers))
      graph.kernel = kernel
      let execution = try? Execution(graph.taskGraph(), pool: pool)
      var table: [UnsafeMutableRawPointer?] = [Unmanaged.passUnretained(gate).toOpaque()]
      table.withUnsafeMutableBufferPointer { bases in
        guard let first = bases.baseAddress else { return }
        _ = execution?.run(bases: first, seed: 0, step: 0)
      }
      gate.isOver.store(true, ordering: .releasing)
    }
    caller.start()
    while gate.inside.load(ordering: .acquiring) < workers { usleep(1000) }
    return gate
  }

  /// Lets the workers go, and returns when the run is over.
  ///
  /// - Returns: Whether it was not before.
  func open() -> Bool {
    let wasClosed = !isOver.load(ordering: .acquiring)
    isOpen.store(true, ordering: .releasing)
    while !isOver.load(ordering: .acquiring) { usleep(1000) }
    return wasClosed
  }

  private static let kernel: tm_kernel = { frame, _ in
    guard let gate = frame?.pointee.bases[0] else { return }
    Unmanaged<Gate>.fromOpaque(gate).takeUnretainedValue().wait()
  }

  private func wait() {
    inside.wrappingAdd(1, ordering: .acquiringAndReleasing)
    while !isOpen.load(ordering: .acquiring) { usleep(1000) }
  }
}
