import CPlatform
import TidemillGraph

/// Scratch memory for kernels, a piece for each worker, shared by executions that never run at once.
///
/// Unchecked: the addresses never change; whoever runs has the memory to itself.
package final class Workspaces: @unchecked Sendable {
  package let workers: Int
  /// Of each worker.
  package let byteCount: Int
  private let pieces: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  /// Maps a piece for each worker, whose pages come when that worker touches them: from its own NUMA
  /// node, and not at all for a worker that never joins.
  ///
  /// - Throws: `TidemillError` with code `outOfMemory`.
  package init(workers: Int, byteCount: Int) throws {
    self.workers = workers
    self.byteCount = byteCount
    pieces = .allocate(capacity: max(workers, 1))
    pieces.initialize(repeating: nil, count: max(workers, 1))
    guard byteCount > 0 else { return }
    for worker in 0..<workers {
      pieces[worker] = tidemill_map(byteCount, 1)
      guard pieces[worker] != nil else {
        throw TidemillError(
          .outOfMemory,
          "no memory for the workspaces: \(byteCount) bytes for each of \(workers) workers; "
            + "use fewer threads")
      }
    }
  }

  deinit {
    for worker in 0..<workers { _ = tidemill_unmap(pieces[worker], byteCount) }
    pieces.deallocate()
  }

  /// Whether these do for so many workers with so many bytes each.
  package func cover(workers: Int, byteCount: Int) -> Bool {
    workers <= self.workers && byteCount <= self.byteCount
  }

  subscript(worker: Int) -> UnsafeMutableRawPointer? { pieces[worker] }
}
