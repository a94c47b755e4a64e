import CKernels
import Foundation
import Testing
import TidemillCompiler
import TidemillRuntime

@Suite("Tasks that end outside") struct OutsideTests {
  /// Threads of their own say when tasks are done, early or late; what waits for them sees what they wrote, and no run
  /// ends before them, whether anything waits for them or not.
  @Test("are awaited", .timeLimit(.minutes(10)), arguments: [1, 2, 3, 8])
  func awaited(threads: Int) throws {
    let pool = try Pool(threads: threads)
    for seed in 0..<UInt64(40) {
      var graph = TestGraph.random(seed: seed)
      let count = graph.predecessors.count
      guard count > 0 else { continue }
      graph.kernel = Starter.kernel
      graph.endsOutside = Set((0..<count).filter { ($0 + Int(seed)) % 3 == 0 })
      let others = Others(slow: seed % 2 == 0)
      let memory = TestMemory(count: count)
      let execution = try Execution(graph.taskGraph(), carried: nil, pool: pool)
      others.execution = execution
      let bases: [UnsafeMutableRawPointer?] = [
        memory.bases[0], memory.bases[1], Unmanaged.passUnretained(others).toOpaque(),
      ]
      for run in 1...3 {
        bases.withUnsafeBufferPointer { table in
          guard let first = table.baseAddress else { return }
          #expect(execution.run(bases: first, seed: 1, step: 0) == nil)
        }
        let found = violations(of: graph, in: memory, times: run)
        #expect(found.isEmpty, "seed \(seed), \(threads) threads: \(found.prefix(3))")
      }
    }
  }
}

/// Does what tasks have begun, on threads of the system.
///
/// Unchecked: set before the run, read while it goes on.
private final class Others: @unchecked Sendable {
  var execution: Execution?
  let slow: Bool
  init(slow: Bool) { self.slow = slow }

  func begin(_ task: Int, _ work: @escaping @Sendable () -> Void) {
    DispatchQueue.global().async { [self] in
      if slow && task % 5 == 0 { usleep(300) }
      work()
      execution?.complete(task)
    }
  }
}

private enum Starter {
  static let kernel: tm_kernel = { frame, raw in
    guard let frame, let raw, let bases = frame.pointee.bases, let others = bases[2] else { return }
    let arguments = raw.load(as: Probe.Arguments.self)
    guard arguments.endsOutside else { return Probe.kernel(frame, raw) }
    // Unchecked: memory that the run keeps.
    nonisolated(unsafe) let (bases2, raw2) = (bases, raw)
    Unmanaged<Others>.fromOpaque(others).takeUnretainedValue().begin(arguments.task) {
      var frame = tm_frame()
      frame.bases = bases2
      frame.seed = 1
      Probe.kernel(&frame, raw2)
    }
  }
}
