import CPlatform
import Synchronization
import TidemillCompiler
import TidemillGraph

/// Memory for the arena and the state of an executable, whose pages lie in the NUMA nodes of the workers that touch them most.
///
/// An arena has the bytes and the offsets of its plan; which of its pages lie in a node is what makes an arena of that node.
package final class NodeMemory {
  package let placement: PagePlacement
  private let pool: Pool
  private let nodes: [Int]
  /// Once nobody of a node came in time, it is not waited for again.
  private let hasGivenUp = Atomic(false)

  /// - Returns: `nil` where all workers of a run are on one node: then it does not matter who touches what first.
  package init?(_ executable: Executable, on pool: Pool) {
    let workers = Execution.workers(
      for: executable.tasks, pool: pool, atMost: executable.threads)
    let nodes = pool.machine.workers.prefix(workers).map(\.node)
    guard Set(nodes).count > 1 else { return nil }
    (self.pool, self.nodes) = (pool, nodes)
    placement = PagePlacement(executable.tasks, nodes: nodes, pageBytes: tidemill_page_size())
  }

  /// Zeroed memory for a slot. What is less than a page has none of its own, and lies anywhere.
  ///
  /// - Throws: `out-of-memory`.
  package func storage(slot: Int, byteCount: Int) throws -> TensorStorage {
    guard byteCount >= placement.pageBytes else { return try TensorStorage(byteCount: byteCount) }
    // Huge pages are larger than what one node touches.
    guard let start = tidemill_map(byteCount, -1) else {
      throw TensorStorage.noMemory(byteCount)
    }
    let storage = TensorStorage(UnsafeMutableRawBufferPointer(start: start, count: byteCount)) {
      _ = tidemill_unmap($0.baseAddress, $0.count)
    }
    let parts = placement.pages.compactMap { pages -> FirstTouch.Part? in
      guard pages.slot == slot, pages.bytes.lowerBound < byteCount else { return nil }
      return FirstTouch.Part(
        start: start + pages.bytes.lowerBound,
        byteCount: min(pages.bytes.upperBound, byteCount) - pages.bytes.lowerBound, node: pages.node
      )
    }
    if !hasGivenUp.load(ordering: .relaxed),
      !FirstTouch.run(
        parts, on: pool, nodes: nodes, pageBytes: placement.pageBytes, touch: pool.touch)
    {
      hasGivenUp.store(true, ordering: .relaxed)
      Self.warn()
    }
    return storage
  }

  private static let warned = Atomic(false)

  private static func warn() {
    guard !warned.exchange(true, ordering: .relaxed) else { return }
    log.warning(
      """
      no worker of some NUMA node came in time to touch its memory: pages lie where they are used first, \
      and steps may be slower; others like it are not reported
      """)
  }
}
