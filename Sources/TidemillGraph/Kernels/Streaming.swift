/// Which calls store their results past the caches.
///
/// A result that is much larger than the caches is gone from them before anybody reads it. Storing it past them saves
/// reading each of its lines before it is written. No bit depends on it.
package struct Streaming: Hashable, Sendable {
  /// Bytes that a call moves at the least.
  package let leastBytes: Int

  /// Calls that move twice what the caches hold, or more.
  ///
  /// - Parameter lastCaches: Bytes of the last caches of all workers together, or 0 where they are not known.
  package init(lastCaches: Int) {
    let bytes = lastCaches > 0 ? lastCaches : 32 << 20
    leastBytes = 2 * min(bytes, 1 << 60)
  }

  /// With caches of 32 MiB: for tests and for calls that are not compiled for a machine.
  package static let standard = Streaming(lastCaches: 32 << 20)

  /// Where arithmetic takes longer than memory, stores are not what a call waits for.
  func pays(_ cost: Cost) -> Bool {
    cost.bytes >= Double(leastBytes) && cost.flops < 3 * cost.bytes
  }

  /// Calls on rows make each row in the workspace first, in a cache near the core.
  func pays(_ cost: Cost, row: View) -> Bool {
    pays(cost) && Self.rowBytes(row) <= Self.longestRow
  }

  fileprivate static func rowBytes(_ view: View) -> Int { view.shape[1] * view.dtype.size }

  private static let longestRow = 1 << 16
}

/// A call that may store its results past the caches.
package protocol StreamingCall: KernelCall {
  /// When it does; that of the machine comes with the lowering.
  var streaming: Streaming { get set }
  /// Whether it does.
  var streams: Bool { get }
}

extension StreamingCall {
  package func streamed(_ streaming: Streaming) -> Self {
    var call = self
    call.streaming = streaming
    return call
  }
}

extension StreamingCall where Self: RowwiseCall {
  /// Workspace of a call on rows.
  func workspaceBytes(row: View) -> Int { streams ? Streaming.rowBytes(row) : 0 }
}
