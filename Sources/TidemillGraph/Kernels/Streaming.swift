/// Which calls store their results past the caches.
///
/// A result that is much larger than the caches is gone from them before anybody reads it. Storing it past them saves
/// reading each of its lines before it is written. No bit depends on it.
enum Streaming {
  /// Where arithmetic takes longer than memory, stores are not what a call waits for.
  static func pays(_ cost: Cost) -> Bool { cost.bytes >= least && cost.flops < 3 * cost.bytes }

  /// Calls on rows make each row in the workspace first, in a cache near the core.
  static func pays(_ cost: Cost, row: View) -> Bool {
    pays(cost) && rowBytes(row) <= longestRow
  }

  /// Workspace of a call on rows.
  static func workspaceBytes(_ cost: Cost, row: View) -> Int {
    pays(cost, row: row) ? rowBytes(row) : 0
  }

  private static func rowBytes(_ view: View) -> Int { view.shape[1] * view.dtype.size }

  /// Bytes that move: about twice what last-level caches have for a core or two.
  private static let least = 64e6
  private static let longestRow = 1 << 16
}
