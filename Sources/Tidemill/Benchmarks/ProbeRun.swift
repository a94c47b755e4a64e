import CKernels
import CPlatform
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// A probe on every worker of a pool at once: a task for each, that depend on nothing.
struct ProbeRun {
  private let execution: Execution

  /// - Parameters:
  ///   - threads: As many tasks, and workers.
  ///   - arguments: What the task of a worker is given.
  init<Arguments: BitwiseCopyable>(
    _ kernel: tm_kernel, threads: Int, arguments: (Int) -> Arguments
  ) throws {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let tasks = (0..<threads).map { worker in
      TaskGraph.Task(
        kernel: kernel, arguments: encoder.store(arguments(worker)), call: 0, seconds: 1e-3,
        writesState: false, mayFail: false, reads: [], writes: [])
    }
    let graph = TaskGraph(
      tasks: tasks, calls: [], successorStarts: Array(repeating: 0, count: threads + 1),
      successors: [], predecessorCounts: Array(repeating: 0, count: threads),
      homes: (0..<threads).map { UInt32($0) }, workspaceBytes: 0, runsOnCaller: threads == 1,
      storage: storage)
    execution = try Execution(graph, pool: .shared(threads: threads), workers: threads)
  }

  /// The shortest time of some runs, one right after the other.
  func seconds(bases: [UnsafeMutableRawPointer?], repetitions: Int) -> Double {
    var best = UInt64.max
    for _ in 0..<repetitions {
      let start = tidemill_nanoseconds()
      _ = bases.withUnsafeBufferPointer { table in
        table.baseAddress.map { execution.run(bases: $0, seed: 0, step: 0) }
      }
      best = min(best, tidemill_nanoseconds() - start)
    }
    return Double(max(best, 1)) * 1e-9
  }
}
