import TidemillGraph

/// When everything is computed and where it lies: an order of steps, with values computed again where
/// that saves memory, and an offset in the arena for every value.
package struct MemoryPlan: Sendable {
  /// One kernel call at one point of the order.
  package struct Step: Sendable {
    /// Position in the program's calls.
    package let call: Int
    /// Whether the call ran before and runs again to save memory.
    package let isRecomputation: Bool
    /// For each temporary buffer that the call touches, which of its lives.
    package let values: [BufferID: ValueID]

    package init(call: Int, isRecomputation: Bool, values: [BufferID: ValueID]) {
      self.call = call
      self.isRecomputation = isRecomputation
      self.values = values
    }
  }

  /// One life of a temporary buffer: a buffer that is computed again has several.
  package struct ValueID: Hashable, Sendable {
    package let index: Int
    package init(_ index: Int) { self.index = index }
  }

  package struct Value: Sendable {
    package let buffer: BufferID
    /// From the step that writes it first to the one that uses it last.
    package let lifetime: ClosedRange<Int>
    /// Bytes from the start of the arena.
    package let offset: Int
    package let byteCount: Int

    package init(buffer: BufferID, lifetime: ClosedRange<Int>, offset: Int, byteCount: Int) {
      self.buffer = buffer
      self.lifetime = lifetime
      self.offset = offset
      self.byteCount = byteCount
    }
  }

  package let steps: [Step]
  package let values: [Value]
  /// Bytes of the arena.
  package let arenaBytes: Int
  /// The largest sum of sizes that live at one moment, of steps one after the other or side by side: no packing of these
  /// lives can be smaller.
  package let livePeak: Int

  /// Every value begins at a multiple of this.
  package static let alignment = 64

  package init(steps: [Step], values: [Value], arenaBytes: Int, livePeak: Int) {
    self.steps = steps
    self.values = values
    self.arenaBytes = arenaBytes
    self.livePeak = livePeak
  }
}
