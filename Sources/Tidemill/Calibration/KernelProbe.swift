import CKernels
import CPlatform
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// Memory on which kernels are called and timed by the calling thread, without graph or scheduler.
///
/// Buffers of calls are its parts: views of buffer 0 with an offset in elements.
final class KernelProbe {
  private let table: tm_kernel_table
  private let memory: TensorStorage
  private let workspace: TensorStorage
  private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let failure: UnsafeMutablePointer<tm_failure>
  private var frame = tm_frame()

  private static let workspaceBytes = 2 << 20

  /// - Parameter byteCount: Of the memory, whose first numbers are 0.5, and all others 0.
  /// - Throws: `out-of-memory`.
  init(_ instructionSet: InstructionSet, byteCount: Int) throws {
    table = instructionSet.table.pointee
    memory = try TensorStorage(byteCount: byteCount)
    for index in 0..<min(byteCount, 2 << 20) / 4 {
      memory.bytes.storeBytes(of: 0.5, toByteOffset: index * 4, as: Float.self)
    }
    workspace = try TensorStorage(byteCount: Self.workspaceBytes)
    bases = .allocate(capacity: 1)
    bases.initialize(to: memory.bytes.baseAddress)
    failure = .allocate(capacity: 1)
    failure.initialize(to: tm_failure())
    frame.bases = UnsafePointer(bases)
    frame.workspace = workspace.bytes.baseAddress
    frame.failure = failure
  }

  deinit {
    bases.deallocate()
    failure.deallocate()
  }

  /// What one of some calls takes, of the best of some rounds through all of them.
  ///
  /// - Parameters:
  ///   - calls: Whose buffers lie within the memory, and whose workspaces are less than 2 MiB.
  ///   - times: How often a round goes through the calls.
  ///   - rounds: After one that warms up, unless there is only one.
  func seconds(_ calls: [any KernelCall], times: Int = 1, rounds: Int = 6) -> Double {
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let tasks = calls.flatMap { call in
      call.tiles(atMost: 1).map { (call.kernel(in: table), call.arguments(of: $0, in: encoder)) }
    }
    var best = UInt64.max
    for round in 0..<max(rounds, 1) + (rounds > 1 ? 1 : 0) {
      let start = tidemill_nanoseconds()
      for _ in 0..<times { for (kernel, arguments) in tasks { kernel(&frame, arguments) } }
      if round > 0 || rounds == 1 { best = min(best, tidemill_nanoseconds() - start) }
    }
    withExtendedLifetime(storage) {}
    return Double(best) * 1e-9 / Double(max(times * calls.count, 1))
  }
}

// MARK: Calls

extension KernelProbe {
  /// Part of the memory.
  ///
  /// - Parameter offset: In elements.
  static func view(_ shape: [Int], _ dtype: DType = .float32, at offset: Int = 0) -> View {
    var view = View(contiguous: BufferID(0), TensorType(Shape(shape), dtype))
    view.offset = offset
    return view
  }

  /// A product whose right operand lies at an offset, with the left one and the result before it.
  ///
  /// - Parameter offset: Of the right operand, in bytes: at least 1 MiB.
  static func product(
    _ m: Int, _ n: Int, _ k: Int, _ dtype: DType = .float32, at offset: Int = 1 << 20
  ) -> GemmCall {
    let result: DType = dtype == .bfloat16 ? .float32 : dtype
    return GemmCall(
      a: view([1, m, k], dtype), b: view([1, k, n], dtype, at: offset / dtype.size),
      c: view([1, m, n], result, at: (512 << 10) / result.size))
  }

  /// A chain of one function, from a first part of the memory to a second one.
  ///
  /// - Parameters:
  ///   - times: How many of it, each on the result of the one before.
  ///   - first: Where the operand begins, in elements; the result lies behind it.
  static func chain(
    _ function: tm_opcode, count: Int, times: Int = 1, at first: Int = 0
  ) -> ElementwiseCall {
    let code = (0..<times).map {
      tm_instruction(function, .float32, result: $0 + 1, x: $0, y: 0)
    }
    return ElementwiseCall(
      shape: [count], inputs: [.view(view([count], at: first))],
      outputs: [.init(view: view([count], at: first + count), register: times)], code: code,
      registerCount: times + 1)
  }
}
