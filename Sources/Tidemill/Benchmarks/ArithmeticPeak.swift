import CKernels
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

/// The most arithmetic that a number of threads can do at once, measured when asked: fused
/// multiply-adds on registers, nothing loaded and nothing stored.
///
/// Clocks change with the load of a machine; so measure it beside what is compared with it.
package final class ArithmeticPeak {
  /// What is multiplied and added.
  package enum Numbers: Sendable {
    case float32
    case float64
    /// Dot products of pairs, summed in float32; where the instruction set has none, multiply-adds of
    /// float32, by which it multiplies them.
    case bfloat16

    fileprivate var probeType: tm_peak_type {
      switch self {
      case .float32: TM_PEAK_F32
      case .float64: TM_PEAK_F64
      case .bfloat16: TM_PEAK_BF16
      }
    }
  }

  private let run: ProbeRun
  private let results: TensorStorage
  private let flops: Double

  /// - Parameters:
  ///   - numbers: What is multiplied.
  ///   - threads: How many threads, the caller included.
  ///   - instructionSet: Whose units are measured.
  /// - Throws: `argument` where the CPU has no such instructions.
  package init(_ numbers: Numbers, threads: Int, instructionSet: InstructionSet) throws {
    let isa = instructionSet.table.pointee.isa
    var probe = tm_peak(isa, numbers.probeType)
    if probe.kernel == nil, numbers == .bfloat16 { probe = tm_peak(isa, TM_PEAK_F32) }
    guard let kernel = probe.kernel, probe.flops > 0 else {
      throw TidemillError(
        .argument, "This CPU's \(instructionSet) has no multiply-adds of \(numbers).")
    }
    let iterations = Self.flopsOfTask / probe.flops + 1
    flops = Double(threads) * Double(iterations) * Double(probe.flops)
    results = try TensorStorage(byteCount: threads * Self.spacing)
    run = try ProbeRun(kernel, threads: threads) { worker in
      tm_peak_arguments(
        out: tm_ref(offset: UInt64(worker * Self.spacing), slot: 0), iterations: iterations)
    }
  }

  /// Measures.
  ///
  /// - Returns: Operations a second, all threads together; a fused multiply-add is two.
  package func measure() -> Double {
    flops / run.seconds(bases: [results.bytes.baseAddress], repetitions: 8)
  }

  /// About a millisecond of a wide unit, against a microsecond to hand tasks out.
  private static let flopsOfTask: Int64 = 200_000_000
  /// Each thread writes to cache lines of its own.
  private static let spacing = 128
}
