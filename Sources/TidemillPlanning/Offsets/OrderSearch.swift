/// Improves the order in which ``FirstFit`` places buffers: those that end too high come earlier.
///
/// **Source**: Joslin, Clements: Squeaky wheel optimization, 1999.
///
/// One thread at a time uses it.
final class OrderSearch: @unchecked Sendable {
  private let fit: FirstFit
  /// By buffer: its place in the order, from 0 to 1.
  private var keys: [Double]
  private var offsets: [Int]
  private var generator: PlanningGenerator
  /// The lowest that was found.
  private(set) var best: (offsets: [Int], height: Int)

  /// - Parameters:
  ///   - order: One to begin with.
  ///   - packing: What it gives.
  init(
    _ fit: FirstFit, order: [Int], packing: (offsets: [Int], height: Int), seed: UInt64
  ) {
    self.fit = fit
    keys = [Double](repeating: 0, count: order.count)
    generator = PlanningGenerator(seed: seed)
    best = packing
    offsets = best.offsets
    setKeys(order)
  }

  private func setKeys(_ order: [Int]) {
    for (place, buffer) in order.enumerated() { keys[buffer] = Double(place) / Double(keys.count) }
  }

  /// Tries a number of orders, each made from the one before.
  ///
  /// - Returns: Whether one of them is no higher than `target`.
  func search(iterations: Int, target: Int, deadline: Deadline) -> Bool {
    for _ in 0..<iterations where best.height > target && !deadline.isPast {
      for buffer in keys.indices
      where offsets[buffer] + fit.buffers[buffer].size > target {
        keys[buffer] *= 0.3 + 0.7 * generator.fraction()
      }
      let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
      let found = fit.packing(in: order)
      offsets = found.offsets
      if found.height < best.height { best = found }
      setKeys(order)
    }
    return best.height <= target
  }
}
