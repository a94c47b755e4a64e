/// Sweeps a problem again and again, in beams that get wider.
///
/// One thread at a time uses it.
final class SweepSearch: @unchecked Sendable {
  private let sweep: TimeSweep
  private var generator: PlanningGenerator
  private var isFirst: Bool
  /// The lowest that was found; a height of `Int.max` where none was.
  private(set) var best: (offsets: [Int], height: Int) = ([], .max)

  init(_ sweep: TimeSweep, seed: UInt64) {
    self.sweep = sweep
    generator = PlanningGenerator(seed: seed)
    isFirst = seed == 0
  }

  /// Of a wider beam more is the same.
  private static let widest = 12

  /// Sweeps for as long as so many single states would take.
  ///
  /// - Returns: Whether it has found a packing that is no higher than `target`.
  func search(states: Int, target: Int, deadline: Deadline) -> Bool {
    var left = states
    while left > 0, best.height > target, !deadline.isPast {
      let width = isFirst ? 1 : min(Self.widest, Int(Double(left).squareRoot()))
      let found = sweep.packing(
        width: width, target: target, below: best.height, isFirst: isFirst, &generator, deadline)
      if let found, found.height < best.height { best = found }
      isFirst = false
      left -= width * width
    }
    return best.height <= target
  }
}
