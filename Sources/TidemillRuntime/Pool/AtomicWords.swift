import Synchronization

/// Atomic words in memory of their own: an `Atomic` cannot live in an Array or in a struct that is
/// copied, and futexes want an address.
struct AtomicArray<Value: FixedWidthInteger & AtomicRepresentable & Sendable> {
  enum Spacing {
    /// One after the other.
    case dense
    /// Two cache lines for each, as prefetchers fetch lines in pairs: no false sharing.
    case apart
  }

  let base: UnsafeMutablePointer<Atomic<Value>>
  let count: Int
  private let stride: Int

  /// - Precondition: `count` is positive.
  init(count: Int, _ spacing: Spacing) {
    self.count = count
    stride = spacing == .dense ? 1 : cachePairBytes / MemoryLayout<Value>.size
    let words = count * stride
    base = UnsafeMutableRawPointer.allocate(
      byteCount: words * MemoryLayout<Value>.size, alignment: cachePairBytes
    ).bindMemory(to: Atomic<Value>.self, capacity: words)
    for word in 0..<words { (base + word).initialize(to: Atomic(0)) }
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<Value>> { base + index &* stride }

  func deallocate() {
    base.deinitialize(count: count * stride)
    base.deallocate()
  }
}

/// 32-bit words, which threads can sleep on.
typealias AtomicWords = AtomicArray<UInt32>

/// Two cache lines: what one worker writes lies so far from what another one does.
let cachePairBytes = 128
