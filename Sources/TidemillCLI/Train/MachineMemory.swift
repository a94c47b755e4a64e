import Foundation
import Tidemill

/// The memory of this machine.
enum MachineMemory {
  /// Finds out at once that a network is far too large.
  ///
  /// Only asking for the memory is not enough: a system may promise what it does not have, and end
  /// the program later.
  ///
  /// - Throws: `out-of-memory` where the parameters alone take more than there is.
  ///
  /// - Parameter kept: How many tensors of its shape the optimiser keeps for each parameter.
  static func check(parameters: Int, kept: Int) throws {
    let copies = kept + 1
    // As many as can be counted where there are too many parameters for that.
    let (product, overflow) = UInt64(parameters).multipliedReportingOverflow(
      by: UInt64(MemoryLayout<Float>.size * copies))
    let bytes = overflow ? .max : product
    let most = ProcessInfo.processInfo.physicalMemory
    guard bytes > most else { return }
    throw TidemillError(
      .outOfMemory,
      "The network has \(parameters) parameters, which take \(bytes) bytes "
        + "with what the optimiser keeps for them, but this machine has "
        + "\(most) bytes of memory. Use fewer or smaller hidden layers.")
  }
}
