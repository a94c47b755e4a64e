import CKernels
import CPlatform
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// How small tasks may be before running them takes longer than what they do: METG, the minimum effective
/// task granularity.
///
/// **Source**: Slaughter, Wu et al.: Task Bench, SC20.
package struct TaskGranularity: Sendable {
  /// The least time of a task, in seconds on one worker, at which half of the workers' time is work.
  ///
  /// `nil` where it is not reached at tasks of a hundred microseconds.
  package let metg50: Double?
  /// Seconds on the wall for a task that does nothing, all workers together.
  package let emptyTask: Double
  /// The share of the workers' time that is work when an ordinary task takes five microseconds.
  package let coarseEfficiency: Double

  /// Measures.
  ///
  /// - Parameters:
  ///   - threads: How many workers, the caller included.
  ///   - repetitions: The shortest of so many runs counts, as in metg_peer.cpp.
  /// - Throws: `argument` for thousands of threads; `out-of-memory`.
  package init(
    _ grid: TaskGrid, threads: Int, instructionSet: InstructionSet, repetitions: Int = 7
  ) throws {
    guard let kernel = tm_links(instructionSet.table.pointee.isa) else {
      throw TidemillError(.argument, "This CPU has no \(instructionSet).")
    }
    let workers = min(threads, grid.width)
    let fine = try GridRun(grid, kernel, plannedSeconds: 0.1e-6, threads: threads)
    let link = fine.secondsPerIteration(kernel)
    func efficiency(_ run: GridRun, _ iterations: Int) -> (share: Double, granularity: Double) {
      let seconds = run.seconds(iterations: iterations, repetitions: repetitions)
      let time = seconds * Double(workers)
      return (
        Double(grid.work) * Double(iterations) * link / time, time / Double(grid.taskCount)
      )
    }
    var least: Double?
    var iterations = Self.mostIterations
    while iterations >= 1 {
      let (share, granularity) = efficiency(fine, iterations)
      if share >= 0.5 { least = granularity }
      // Far below: it will not come back. The first ones may be, where the system has taken a core away for a moment.
      if least != nil, share < 0.2 { break }
      iterations = iterations < 4 ? iterations - 1 : iterations * 3 / 4
    }
    metg50 = least
    emptyTask =
      fine.seconds(iterations: 0, repetitions: repetitions) / Double(grid.taskCount)
    let coarse = try GridRun(grid, kernel, plannedSeconds: 5e-6, threads: threads)
    coarseEfficiency = efficiency(coarse, max(Int(5e-6 / link), 1)).share
  }

  /// Some tens of microseconds.
  private static let mostIterations = 4096
}

/// A grid that is ready to run.
private struct GridRun {
  private let execution: Execution
  private let memory: TensorStorage

  init(_ grid: TaskGrid, _ kernel: tm_kernel, plannedSeconds: Double, threads: Int) throws {
    let graph = grid.graph(kernel, seconds: plannedSeconds, threads: threads)
    execution = try Execution(graph, pool: .shared(threads: threads), workers: threads)
    memory = try TensorStorage(byteCount: TaskGrid.offset(of: grid.width))
  }

  func seconds(iterations: Int, repetitions: Int) -> Double {
    withIterations(iterations) { bases in
      RunTimes(inner: 1, repetitions: repetitions) { _ in
        _ = execution.run(bases: bases, seed: 0, step: 0)
      }.best
    }
  }

  /// Of one task, on the calling thread.
  func secondsPerIteration(_ kernel: tm_kernel) -> Double {
    let iterations = 200_000
    let arguments = tm_links_arguments(
      iterations: tm_ref(offset: 0, slot: 0),
      values: tm_ref(offset: UInt64(TaskGrid.offset(of: 0)), slot: 0), factor: 1)
    return withIterations(iterations) { bases in
      var frame = tm_frame()
      frame.bases = bases
      return withUnsafePointer(to: arguments) { arguments in
        RunTimes(inner: 1, repetitions: 5) { _ in kernel(&frame, arguments) }.best
      }
    } / Double(iterations)
  }

  private func withIterations<R>(
    _ iterations: Int, _ body: (UnsafePointer<UnsafeMutableRawPointer?>) -> R
  ) -> R {
    memory.bytes.baseAddress?.storeBytes(of: Int64(iterations), as: Int64.self)
    return withUnsafePointer(to: memory.bytes.baseAddress, body)
  }
}
