import TidemillCompiler
import TidemillGraph

/// What a binding needs to run several steps at once: an execution whose tasks wait for those of the step before, and an
/// address table and a part of the results for each step.
final class BoundSteps {
  let execution: Execution
  /// The results of all steps, each with one more axis in front.
  private(set) var outputs: [Tensor] = []
  private var count = 0
  private var tables: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var capacity: Int
  private let slots: Int

  /// - Throws: `out-of-memory`.
  init(_ executable: Executable, pool: Pool, workspaces: Workspaces?) throws {
    let carried = CarriedEdges(of: executable.tasks)
    execution = try Execution(
      executable.tasks, carried: carried, pool: pool, workers: executable.threads,
      workspaces: workspaces)
    slots = executable.slots.kinds.count
    capacity = slots
    tables = .allocate(capacity: slots)
  }

  deinit { tables.deallocate() }

  /// Makes room for a number of steps; none is needed where the last run had as many, and nobody holds its results.
  func prepare(_ count: Int, _ types: [TensorType]) throws {
    if count * slots > capacity {
      tables.deallocate()
      capacity = count * slots
      tables = .allocate(capacity: capacity)
    }
    if self.count != count {
      self.count = 0
      outputs = []
      for type in types {
        outputs.append(try Tensor(zeros: Shape([count] + type.shape.dimensions), type.dtype))
      }
      self.count = count
    }
    for position in outputs.indices { try outputs[position].makeUnique() }
  }

  /// Writes the tables.
  ///
  /// - Parameters:
  ///   - bases: The first step's, but for results.
  ///   - slices: Slots of inputs that have a slice for each step, and its size.
  ///   - outputSlots: For each result, or -1.
  func fill(
    _ bases: UnsafeBufferPointer<UnsafeMutableRawPointer?>, _ slices: [(slot: Int, bytes: Int)],
    _ outputSlots: [Int]
  ) {
    for step in 0..<count {
      let table = tables + step * slots
      for slot in 0..<slots { (table + slot).initialize(to: bases[slot]) }
      for (slot, bytes) in slices { table[slot] = bases[slot].map { $0 + step * bytes } }
      for (position, slot) in outputSlots.enumerated() where slot >= 0 {
        let memory = outputs[position].storage.bytes
        table[slot] = memory.baseAddress.map { $0 + step * (memory.count / count) }
      }
    }
  }

  func run(seed: UInt64, step: UInt64, limits: RunLimits, trace: Trace?) -> RunFailure? {
    execution.run(
      laps: count, BaseTables(first: tables, stride: slots), seed: seed, step: step,
      limits: limits, trace: trace)
  }
}
