import CKernels
import CPlatform
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// What the scheduler takes: for a task, for a run, and from one worker to another.
struct SchedulerConstants {
  private(set) var values: [CostConstant: Double] = [:]

  /// Measures with the pool of the process, of which two workers take part.
  ///
  /// - Throws: `out-of-memory`, `topology`.
  init(_ instructionSet: InstructionSet, kernels: CostModel) throws {
    let alone = try PairedTasks(levels: 64, workers: 1, instructionSet)
    let task = alone.seconds(runs: 20) / 128
    values[.task] = task
    values[.run] = try Self.runSeconds(kernels, task: task)
    guard Pool.shared.threads > 1 else { return }
    let few = try PairedTasks(levels: 1, workers: 2, instructionSet)
    let many = try PairedTasks(levels: 65, workers: 2, instructionSet)
    let (short, long) = (few.seconds(runs: 40), many.seconds(runs: 20))
    let handOver = max((long - short) / 64 - task, 0)
    values[.handOverSharedCache] = handOver
    values[.sharedRun] = max(short - task, 0)
    // A buffer that goes to the other worker and back, level by level.
    let bytes = PairedTasks.rows * PairedTasks.columns * 4
    let moving = try PairedTasks(levels: 33, workers: 2, moves: true, instructionSet)
    let still = try PairedTasks(levels: 33, workers: 1, moves: true, instructionSet)
    let level = (moving.seconds(runs: 6) - short) / 32
    let own = handOver + still.seconds(runs: 3) / 66
    values[.coreByte] = max(level - own, 0) / Double(bytes)
    // Elsewhere it is as much slower as it usually is.
    let ratio = handOver / CostConstant.handOverSharedCache.standard
    for constant in [CostConstant.handOverSameNode, .handOverSamePackage, .handOverApart] {
      values[constant] = constant.standard * max(ratio, 1)
    }
  }

  /// What a session adds to the tasks of a training step.
  private static func runSeconds(_ kernels: CostModel, task: Double) throws -> Double {
    let weight = Parameter("weight", .init([1])) { _ in try Tensor([0.5] as [Float]) }
    let function = try compile(threads: 1) { graph in
      let error = graph.input("x", [1]) * graph.read(weight) - graph.input("y", [1])
      let loss = (error * error).sum()
      graph.minimize(loss, over: [weight], with: SGD(learningRate: 1e-3))
      return loss
    }
    let session = try function.session(ParameterStore([("weight", weight)], seed: 0))
    let (x, y) = (try Tensor([1] as [Float]), try Tensor([0.5] as [Float]))
    let best = try RunTimes(inner: 32, repetitions: 8) { count in
      for _ in 0..<count { _ = try session.run(x, y).withScalars { $0[0] as Float } }
    }.best
    let work = function.executable.tasks.tasks.reduce(0.0) {
      $0 + kernels.arithmeticSeconds($1.work) + task
    }
    return max(best - work, 0)
  }
}

/// Levels of two tasks, each of which waits for both of the level before: how long a level takes is what it takes to
/// hand over.
private final class PairedTasks {
  private let execution: Execution
  private let memory: TensorStorage
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  /// A part of a matrix, as a product reads it: rows apart from one another, neither short nor long. A byte of rows half as long
  /// takes half as much again.
  static let (rows, columns, pitch) = (256, 64, 256)

  /// - Parameter moves: Whether each task copies what the other worker wrote before.
  init(
    levels: Int, workers: Int, moves: Bool = false, _ instructionSet: InstructionSet
  ) throws {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    memory = try TensorStorage(byteCount: moves ? 16 * Self.rows * Self.pitch : 64)
    let table = instructionSet.table.pointee
    let tasks = (0..<2 * levels).map { index -> TaskGraph.Task in
      let (level, side) = (index / 2, index % 2)
      // Two buffers a side, one of which is read while the other is written.
      func part(_ side: Int, _ level: Int) -> View {
        var view = KernelProbe.view(
          [Self.rows, Self.columns], at: (2 * side + level % 2) * Self.rows * Self.pitch)
        view.strides = [Self.pitch, 1]
        return view
      }
      let copy = ElementwiseCall.copy(part(1 - side, level + 1), to: part(side, level))
      let arguments = copy.arguments(
        of: Tile(0..<Self.rows * Self.columns), in: encoder)
      return TaskGraph.Task(
        kernel: moves ? copy.kernel(in: table) : { _, _ in }, arguments: arguments, call: 0,
        seconds: 1e-6, writesState: false, mayFail: false, reads: [], writes: [])
    }
    let inner = max(levels - 1, 0) * 2
    var starts = tasks.indices.map { UInt32(2 * min($0, inner)) }
    starts.append(UInt32(2 * inner))
    let successors = (0..<inner).flatMap { task -> [UInt32] in
      let next = UInt32(task / 2 * 2 + 2)
      return [next, next + 1]
    }
    let graph = TaskGraph(
      tasks: tasks, calls: [], successorStarts: starts, successors: successors,
      predecessorCounts: tasks.indices.map { $0 < 2 ? 0 : 2 },
      homes: tasks.indices.map { UInt32($0 % workers) },
      workspaceBytes: 1 << 16, runsOnCaller: workers == 1, storage: storage)
    execution = try Execution(graph, pool: .shared, workers: workers)
    bases = .allocate(capacity: 1)
    bases.initialize(to: memory.bytes.baseAddress)
  }

  deinit { bases.deallocate() }

  /// Of a run, the median.
  func seconds(runs: Int) -> Double {
    RunTimes(inner: 1, repetitions: runs) { _ in
      _ = execution.run(bases: UnsafePointer(bases), seed: 0, step: 0)
    }.median
  }
}
