import CKernels
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// Steps of a number of columns, each a task, which waits for its neighbours' tasks of the step before.
///
/// **Source**: Slaughter, Wu et al.: Task Bench: a parameterized benchmark for evaluating parallel runtime
/// performance, SC20.
package struct TaskGrid: Sendable {
  /// Whom a task waits for.
  package enum Pattern: String, CaseIterable, Sendable {
    /// Nobody.
    case trivial
    /// Its own column and the one on each side.
    case stencil
    /// Its own column and two on each side.
    case nearest5

    fileprivate var reach: Int? {
      switch self {
      case .trivial: nil
      case .stencil: 1
      case .nearest5: 2
      }
    }
  }

  package let pattern: Pattern
  package let width: Int
  package let steps: Int
  /// How many times as long as others the tasks of the first column take.
  package let slowness: Int

  package init(_ pattern: Pattern, width: Int, steps: Int, slowness: Int = 1) {
    self.pattern = pattern
    self.width = width
    self.steps = steps
    self.slowness = slowness
  }

  package var taskCount: Int { width * steps }

  /// The work of all tasks, in that of an ordinary one.
  package var work: Int { steps * (width - 1 + slowness) }

  /// The most columns and steps, for memory's sake.
  package static let most = (width: 4096, tasks: 1_000_000)

  /// The tasks, none of them merged with others.
  ///
  /// - Parameters:
  ///   - seconds: What a task is planned to take; those of a slow column are planned as if they were not.
  ///   - threads: How many workers the tasks are planned for.
  /// - Complexity: O(width·steps·threads).
  package func graph(_ kernel: tm_kernel, seconds: Double, threads: Int) -> TaskGraph {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let columns = (0..<width).map { column in
      encoder.store(
        tm_links_arguments(
          iterations: tm_ref(offset: 0, slot: 0),
          values: tm_ref(offset: UInt64(Self.offset(of: column)), slot: 0),
          factor: column == 0 ? Int64(slowness) : 1))
    }
    var tasks: [TaskGraph.Task] = []
    var predecessors: [[Int]] = []
    for step in 0..<steps {
      for column in 0..<width {
        let values = TaskGraph.TouchedRegion(
          slot: 0,
          region: Region(
            start: Self.offset(of: column), runBytes: Self.columnBytes, pitch: 0, rows: 1))
        tasks.append(
          TaskGraph.Task(
            kernel: kernel, arguments: columns[column], call: step, seconds: seconds,
            writesState: false, mayFail: false, reads: [], writes: [values]))
        predecessors.append(step == 0 ? [] : neighbours(of: column).map { (step - 1) * width + $0 })
      }
    }
    let calls = (0..<steps).map { step in
      TaskGraph.Call(
        label: "\(pattern)/\(step)", kernelName: "links", cost: Cost(flops: 0, bytes: 0),
        taskCount: width)
    }
    return TaskGraph(
      tasks: tasks, predecessors: predecessors, calls: calls, workspaceBytes: 0,
      machine: MachineModel(workers: threads), costs: .standard,
      storage: storage, sharesAlways: true)
  }

  private func neighbours(of column: Int) -> [Int] {
    guard let reach = pattern.reach else { return [] }
    return Array(max(column - reach, 0)...min(column + reach, width - 1))
  }

  /// The number of iterations comes first, then the columns, each in cache lines of its own.
  package static func offset(of column: Int) -> Int { 128 + column * columnBytes }
  private static let columnBytes = Int(TM_LINKS_VALUES) * MemoryLayout<Double>.size
}
