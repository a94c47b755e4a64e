/// A buffer that needs a place in an arena for part of the time.
package struct OffsetBuffer: Sendable, Equatable {
  /// When it comes to life.
  package var lower: Int
  /// When it is dead again: it lives in the half-open interval from ``lower`` to here.
  package var upper: Int
  /// Bytes.
  package var size: Int
  /// What its offset is a multiple of.
  package var alignment: Int
  /// Where it has to be; `nil` where it may be anywhere.
  package var fixed: Int?

  /// A buffer.
  package init(lower: Int, upper: Int, size: Int, alignment: Int = 1, fixed: Int? = nil) {
    self.lower = lower
    self.upper = upper
    self.size = size
    self.alignment = alignment
    self.fixed = fixed
  }

  /// Its end, where it is fixed and takes any place.
  var fixedTop: Int? { size > 0 ? fixed.map { $0 + size } : nil }

  /// The least offset, not below `bottom`, at which it may be.
  func aligned(_ bottom: Int) -> Int {
    alignment == 1 ? bottom : (bottom + alignment - 1) / alignment * alignment
  }
}
