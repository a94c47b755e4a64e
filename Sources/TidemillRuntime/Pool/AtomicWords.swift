import Synchronization

/// Atomic 32-bit words in memory of their own: an `Atomic` cannot live in an Array or in a struct
/// that is copied, and futexes want an address.
struct AtomicWords {
  enum Spacing {
    /// One after the other.
    case dense
    /// Two cache lines for each, as prefetchers fetch lines in pairs: no false sharing.
    case apart
  }

  let base: UnsafeMutablePointer<Atomic<UInt32>>
  let count: Int
  private let stride: Int

  static let alignment = 128

  /// - Precondition: `count` is positive.
  init(count: Int, _ spacing: Spacing) {
    self.count = count
    stride = spacing == .dense ? 1 : Self.alignment / MemoryLayout<UInt32>.size
    let words = count * stride
    base = UnsafeMutableRawPointer.allocate(
      byteCount: words * MemoryLayout<UInt32>.size, alignment: Self.alignment
    ).bindMemory(to: Atomic<UInt32>.self, capacity: words)
    for word in 0..<words { (base + word).initialize(to: Atomic(0)) }
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> { base + index &* stride }

  func deallocate() {
    base.deinitialize(count: count * stride)
    base.deallocate()
  }
}
