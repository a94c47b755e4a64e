import CPlatform
import Synchronization

/// Touches memory for the first time, each page by a worker of the NUMA node where it should lie: there the system takes it from.
///
/// A job of the pool like a run, but no worker can do the part of another node. Where none of a node comes within a second, its
/// pages are left to whoever touches them later: that costs time, and no result.
final class FirstTouch {
  /// Pages beside one another that should lie in one node.
  struct Part {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
    let node: Int
  }

  /// Touches the page that begins here; the worker is told for tests.
  typealias Touch = @Sendable (_ page: UnsafeMutableRawPointer, _ worker: Int) -> Void

  /// A read would give all pages that one page of zeros that nobody may write.
  static let standard: Touch = { page, _ in page.storeBytes(of: 0, as: UInt8.self) }

  private struct Chunk {
    let start: UnsafeMutableRawPointer
    let pages: Int
  }

  /// By node, in the order of `nodes`.
  private var chunks: [[Chunk]]
  /// The place of each worker's node.
  private let ranks: [Int]
  private let touch: Touch
  private let pageBytes: Int
  /// For each node how many chunks are claimed; and then how many are done in all.
  private let words: AtomicWords

  private static let chunkPages = 64
  private static let longest: UInt64 = 1_000_000_000

  private init(_ parts: [Part], nodes: [Int], pageBytes: Int, touch: @escaping Touch) {
    let all = Set(nodes).sorted()
    ranks = nodes.map { node in all.firstIndex(of: node) ?? 0 }
    chunks = Array(repeating: [], count: all.count)
    (self.touch, self.pageBytes) = (touch, pageBytes)
    words = AtomicWords(count: all.count + 1, .apart)
    for part in parts {
      guard let rank = all.firstIndex(of: part.node) else { continue }
      let pages = (part.byteCount + pageBytes - 1) / pageBytes
      for first in stride(from: 0, to: pages, by: Self.chunkPages) {
        chunks[rank].append(
          Chunk(start: part.start + first * pageBytes, pages: min(Self.chunkPages, pages - first)))
      }
    }
  }

  deinit { words.deallocate() }

  /// - Returns: Whether all pages were touched.
  static func run(
    _ parts: [Part], on pool: Pool, nodes: [Int], pageBytes: Int, touch: @escaping Touch
  )
    -> Bool
  {
    let work = FirstTouch(parts, nodes: nodes, pageBytes: pageBytes, touch: touch)
    guard work.left > 0 else { return true }
    guard let seat = pool.reserve() else { return false }
    let invited = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: nodes.count - 1)
    defer { invited.deallocate() }
    _ = invited.initialize(from: (1..<nodes.count).map(UInt16.init))
    let job = Job(context: Unmanaged.passUnretained(work).toOpaque()) { context, worker in
      Unmanaged<FirstTouch>.fromOpaque(context).takeUnretainedValue().takePart(worker)
    }
    pool.open(seat, job, workers: nodes.count, invited: invited, priority: .high)
    // The caller is not pinned, so it may be anywhere: it does what nobody else can.
    if !work.ranks.dropFirst().contains(work.ranks[0]) { _ = work.takePart(0) }
    let late = tidemill_nanoseconds() + longest
    while !pool.spin.wait(until: { work.left == 0 }), tidemill_nanoseconds() < late {
      _ = tidemill_futex_wait(work.done, work.done.pointee.load(ordering: .relaxed), 100_000)
    }
    pool.close(seat, workers: nodes.count)
    return work.left == 0
  }

  private var done: UnsafeMutablePointer<Atomic<UInt32>> { words[chunks.count] }

  private var left: Int {
    chunks.reduce(0) { $0 + $1.count } - Int(done.pointee.load(ordering: .acquiring))
  }

  /// Touches pages of this worker's node.
  ///
  /// - Returns: Whether no worker is needed any more.
  private func takePart(_ worker: Int) -> Bool {
    let rank = ranks[worker]
    while true {
      let next = Int(words[rank].pointee.wrappingAdd(1, ordering: .relaxed).oldValue)
      guard next < chunks[rank].count else { break }
      let chunk = chunks[rank][next]
      for page in 0..<chunk.pages { touch(chunk.start + page * pageBytes, worker) }
      done.pointee.wrappingAdd(1, ordering: .releasing)
    }
    return chunks.indices.allSatisfy { rank in
      Int(words[rank].pointee.load(ordering: .relaxed)) >= chunks[rank].count
    }
  }
}
