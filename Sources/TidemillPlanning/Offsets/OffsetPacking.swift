/// Offsets for the buffers of a problem.
package struct OffsetPacking: Sendable, Equatable {
  /// An offset for each buffer.
  package var offsets: [Int]
  /// The end of the highest buffer.
  package var height: Int
  /// What no arena is lower than, proven.
  package var lowerBound: Int

  /// A packing that somebody has made.
  package init(offsets: [Int], height: Int, lowerBound: Int) {
    self.offsets = offsets
    self.height = height
    self.lowerBound = lowerBound
  }

  /// How much lower an arena could be at the most, as a share of the lower bound.
  package var gap: Double {
    lowerBound == 0 ? 0 : Double(height - lowerBound) / Double(lowerBound)
  }
  /// Whether no arena is lower.
  package var isOptimal: Bool { height == lowerBound }
}
