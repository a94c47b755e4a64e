import CKernels

/// What a kernel call costs on paper: the basis of the roofline in a profile, and of what is computed again.
package struct Cost: Hashable, Sendable {
  package var flops: Double
  /// The fewest bytes that must move.
  package var bytes: Double
  /// What it takes beyond the usual time of so many flops and bytes.
  package var extraSeconds = 0.0

  package init(flops: Double, bytes: Double) {
    self.flops = flops
    self.bytes = bytes
  }

  /// A rough time on one core. It decides how many tiles a call is cut into, never what is computed.
  package var seconds: Double { flops / 100e9 + bytes / 30e9 + 100e-9 + extraSeconds }

  package static func + (lhs: Cost, rhs: Cost) -> Cost {
    var sum = Cost(flops: lhs.flops + rhs.flops, bytes: lhs.bytes + rhs.bytes)
    sum.extraSeconds = lhs.extraSeconds + rhs.extraSeconds
    return sum
  }
}

/// A part of a kernel call that one task does: a range of each axis that may be cut.
///
/// What the axes are is each call's own business; none of them is ever summed over.
package struct Tile: Hashable, Sendable {
  package var first: Range<Int>
  package var second: Range<Int>

  package init(_ first: Range<Int>, _ second: Range<Int> = 0..<1) {
    self.first = first
    self.second = second
  }
}

/// Where the plan put a buffer: a slot of the session's address table and a byte offset in it.
package struct Place: Hashable, Sendable {
  package var slot: Int
  package var offset: Int

  package init(slot: Int, offset: Int) {
    self.slot = slot
    self.offset = offset
  }
}

/// One use of a kernel on views of buffers: the vocabulary between operations and the compiler.
///
/// An operation lowers to calls; the compiler orders and places them, cuts them into tiles and asks each
/// for the arguments of its tasks. A call knows nothing of graphs, plans or threads.
package protocol KernelCall: Sendable {
  /// The kernel's name as in the C list.
  var kernelName: String { get }
  /// What is read.
  var reads: [View] { get }
  /// What is written.
  var writes: [View] { get }
  /// Of the whole call.
  var cost: Cost { get }
  /// Bytes of a worker's workspace that any tile may use.
  var workspaceBytes: Int { get }
  /// Whether the kernel itself can fail the run, so that state must not be written before it has ended.
  var mayFail: Bool { get }
  /// Whether the output may lie exactly on top of a read of the same bytes, of index `read`.
  func mayWriteInPlace(ofRead read: Int) -> Bool
  /// Cuts the call into at most `count` tiles that write disjoint elements and together all of them.
  func tiles(atMost count: Int) -> [Tile]
  /// What a tile computes, for the time it is expected to take.
  func work(of tile: Tile) -> Work
  /// What a tile reads (in the order of `reads`) and writes.
  func touched(by tile: Tile) -> (reads: [View], writes: [View])
  /// The kernel in a table.
  func kernel(in table: tm_kernel_table) -> tm_kernel
  /// The arguments of a tile's task.
  func arguments(of tile: Tile, in encoder: borrowing ArgumentEncoder) -> UnsafeRawPointer
  /// The same call with results that go past the caches where that pays and it can.
  func streamed(_ streaming: Streaming) -> Self
  /// The same call on other buffers.
  func replacing(_ replacement: (BufferID) -> BufferID) -> Self
}

extension KernelCall {
  package var workspaceBytes: Int { 0 }
  package var mayFail: Bool { false }
  package func mayWriteInPlace(ofRead read: Int) -> Bool { false }
  package func streamed(_ streaming: Streaming) -> Self { self }
}

/// Splits `0 ..< extent` into at most `parts` ranges of nearly equal length, each but the last a multiple of `grain`.
package func split(_ extent: Int, into parts: Int, grain: Int = 1) -> [Range<Int>] {
  guard extent > 0 else { return [] }
  let grains = (extent + grain - 1) / grain
  let parts = max(1, min(parts, grains))
  return (0..<parts).map { part in
    let low = grains * part / parts * grain
    let high = min(grains * (part + 1) / parts * grain, extent)
    return low..<high
  }
}
