import Foundation
import Synchronization
import TidemillCompiler
import TidemillGraph

extension CostModel {
  /// The standard constants, with arithmetic as much slower or faster as it is on this machine.
  ///
  /// A product is timed once per process and instruction set, in a fraction of a millisecond. How it differs is rounded to
  /// half a power of 2, so that equal graphs mostly give equal tasks in each process; the bits are equal in any case.
  ///
  /// - Throws: `out-of-memory`.
  package static func here(_ instructionSet: InstructionSet) throws -> CostModel {
    try known.withLock { known in
      if let model = known[instructionSet] { return model }
      let product = KernelProbe.product(56, 128, 128)
      let probe = try KernelProbe(instructionSet, byteCount: 2 << 20)
      let seconds = probe.seconds([product], rounds: 8) / Double(56 * 128 * 128)
      let model = standard.slowed(by: rounded(seconds / CostConstant.productDeep.standard))
      known[instructionSet] = model
      return model
    }
  }

  private static let known = Mutex<[InstructionSet: CostModel]>([:])

  /// To the nearest half power of 2.
  package static func rounded(_ ratio: Double) -> Double {
    guard ratio > 0 else { return 1 }
    return exp2((2 * log2(ratio)).rounded() / 2)
  }
}
