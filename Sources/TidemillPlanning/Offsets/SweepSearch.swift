/// Sweeps a problem again and again, in beams that get wider.
///
/// One thread at a time uses it.
final class SweepSearch: @unchecked Sendable {
  private let sweep: TimeSweep
  private var generator: PlanningGenerator
  private var isFirst: Bool
  private var widest = 2
  private var work: Int
  /// Of what the best is above the target the next sweep may be above it by this share.
  private var share = leastShare
  /// The lowest that was found; a height of `Int.max` where none was.
  private(set) var best: (offsets: [Int], height: Int) = ([], .max)

  /// - Parameter work: How many that live may be looked at for births, in all sweeps.
  init(_ sweep: TimeSweep, seed: UInt64, work: Int) {
    self.sweep = sweep
    self.work = work
    generator = PlanningGenerator(seed: seed)
    isFirst = seed == 0
  }

  /// Of a wider beam more is the same.
  private static let mostWidth = 6

  /// Sweeps of so many single states in all, as far as they do not go back.
  ///
  /// - Parameter known: What others have found: what is not lower is of no use.
  /// - Returns: Whether it has found a packing that is no higher than `target`.
  func search(states: Int, target: Int, below known: Int = .max, deadline: Deadline) -> Bool {
    var left = states
    while best.height > target, work > 0, !deadline.isPast {
      let width = isFirst ? 1 : min(widest, Int(Double(states).squareRoot()))
      guard width * width <= left else { break }
      let limit = limit(target, below: min(best.height, known))
      let found = sweep.packing(
        width: width, target: max(target, limit == .max ? 0 : limit - 1), below: limit,
        isFirst: isFirst, &generator, work: &work, deadline)
      if let found { best = found }
      // A single state does not go back, and says nothing of those that do.
      if width > 1 {
        share = found == nil ? (share + 1) / 2 : max(Self.leastShare, share * 0.8)
        widest = min(widest + 1, Self.mostWidth)
      }
      isFirst = false
      left -= width * width
    }
    return best.height <= target
  }

  /// What is below is free to use, so that it is easier to get there.
  private func limit(_ target: Int, below height: Int) -> Int {
    height == .max
      ? .max : target + max(1, Int((Double(height - target) * share).rounded(.up)))
  }

  private static let leastShare = 0.5
}
