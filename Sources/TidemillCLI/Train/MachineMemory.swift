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
  static func check(parameters: Int, momentum: Double) throws {
    let bytes = parameters * MemoryLayout<Float>.size * (momentum > 0 ? 2 : 1)
    let most = ProcessInfo.processInfo.physicalMemory
    guard bytes > most else { return }
    throw TidemillError(
      .outOfMemory,
      "The network has \(parameters) parameters, which take \(bytes) bytes "
        + "\(momentum > 0 ? "with their velocities" : "without momentum"), but this machine has "
        + "\(most) bytes of memory. Use fewer or smaller hidden layers.")
  }
}
