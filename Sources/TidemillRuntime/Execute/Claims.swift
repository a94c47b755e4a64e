import Synchronization
import TidemillCompiler

/// Who does which task, decided while running.
///
/// A list is cut into *chunks* of at most 32 neighbours that take a microsecond together, or one task that takes longer.
/// A chunk is a word: the number of the lap and a bit for each task. A worker claims what is left of a chunk of its own
/// at once, with one atomic operation; others claim single tasks of it before that. Laps count on from run to run, so
/// that nothing is set back in between: a word of the lap before has all of its bits, as every task was claimed in it.
struct Claims {
  /// A number of a lap and one of a chunk, in the order in which a worker goes through them.
  struct Position {
    fileprivate let bits: UInt64

    @inline(__always)
    init(lap: UInt32, chunk: Int) { bits = UInt64(lap) << 32 | UInt64(chunk) }

    @inline(__always)
    fileprivate init(bits: UInt64) { self.bits = bits }

    @inline(__always)
    var lap: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }

    @inline(__always)
    var chunk: Int { Int(bits & 0xffff_ffff) }
  }

  /// The first place of each chunk, and how many tasks it has.
  private let chunks: UnsafeMutablePointer<(first: UInt32, count: UInt32)>
  /// The chunks of worker `w` are `starts[w] ..< starts[w + 1]`.
  private let starts: UnsafeMutablePointer<Int>
  private let words: AtomicArray<UInt64>
  /// For each list a position before which everything is claimed, to begin a search at. Any earlier one is as true.
  private let heads: AtomicArray<UInt64>
  let workers: Int

  init(_ table: TaskTable, _ graph: TaskGraph) {
    workers = table.workers
    starts = .allocate(capacity: workers + 1)
    var found: [(first: UInt32, count: UInt32)] = []
    for worker in 0..<workers {
      (starts + worker).initialize(to: found.count)
      var seconds = Double.infinity
      for place in table.starts[worker]..<table.ends[worker] {
        let task = graph.tasks[Int(table.slots[place].task)].seconds
        seconds += task
        if seconds <= Self.chunkSeconds, found[found.count - 1].count < Self.mostTasks {
          found[found.count - 1].count += 1
        } else {
          found.append((UInt32(place), 1))
          seconds = task
        }
      }
    }
    (starts + workers).initialize(to: found.count)
    chunks = .allocate(capacity: max(found.count, 1))
    chunks.initialize(from: found, count: found.count)
    words = AtomicArray(count: max(found.count, 1), .dense)
    for (chunk, entry) in found.enumerated() {
      words[chunk].pointee.store(Self.all(entry.count), ordering: .relaxed)
    }
    heads = AtomicArray(count: workers, .apart)
  }

  func deallocate() {
    chunks.deallocate()
    starts.deallocate()
    words.deallocate()
    heads.deallocate()
  }

  /// A claim takes a fraction of this.
  private static let chunkSeconds = 1e-6
  private static let mostTasks = 32

  @inline(__always)
  private static func all(_ count: UInt32) -> UInt64 { (1 << UInt64(count)) &- 1 }

  /// Begins a run, whose first lap is 0. Relaxed memory operations: no helper is in the job, and opening it publishes them.
  func begin() {
    for worker in 0..<workers { advance(worker, to: Position(lap: 0, chunk: starts[worker])) }
  }

  @inline(__always)
  func chunks(of worker: Int) -> Range<Int> {
    Range(uncheckedBounds: (starts[worker], starts[worker + 1]))
  }

  /// The position itself, or where its list ends before it, the first of the next lap.
  @inline(__always)
  func normalized(_ position: Position, of worker: Int) -> Position {
    position.chunk < starts[worker + 1]
      ? position : Position(lap: position.lap &+ 1, chunk: starts[worker])
  }

  @inline(__always)
  func firstPlace(of chunk: Int) -> Int { Int(chunks[chunk].first) }

  /// Claims all tasks of a chunk that nobody has claimed in a lap, of which this worker has claimed all before.
  ///
  /// Relaxed, like all claims: what a task needs comes with the marks of those it waits for.
  ///
  /// - Returns: A bit for each task that this call has claimed.
  @inline(__always)
  func claimRest(of chunk: Int, epoch: UInt32) -> UInt64 {
    let word = words[chunk]
    var before = word.pointee.load(ordering: .relaxed)
    while true {
      let free = unclaimed(before, chunk, epoch)
      if free == 0 { return 0 }
      let (done, now) = word.pointee.compareExchange(
        expected: before, desired: UInt64(epoch) << 32 | Self.all(chunks[chunk].count),
        ordering: .relaxed)
      if done { return free }
      before = now
    }
  }

  /// The tasks of a chunk that nobody has claimed in a lap: a bit for each. None where the lap before is not all claimed.
  @inline(__always)
  func unclaimed(in chunk: Int, epoch: UInt32) -> UInt64 {
    unclaimed(words[chunk].pointee.load(ordering: .relaxed), chunk, epoch)
  }

  @inline(__always)
  private func unclaimed(_ word: UInt64, _ chunk: Int, _ epoch: UInt32) -> UInt64 {
    let all = Self.all(chunks[chunk].count)
    let claimed = word & 0xffff_ffff
    switch epoch &- UInt32(truncatingIfNeeded: word >> 32) {
    case 0: return all & ~claimed
    case 1: return claimed == all ? all : 0
    default: return 0
    }
  }

  /// Claims a single task; false where another worker was faster.
  @inline(__always)
  func claim(_ bit: UInt64, of chunk: Int, epoch: UInt32) -> Bool {
    let word = words[chunk]
    var before = word.pointee.load(ordering: .relaxed)
    while unclaimed(before, chunk, epoch) & bit != 0 {
      let claimed = before >> 32 == UInt64(epoch) ? before & 0xffff_ffff : 0
      let (done, now) = word.pointee.compareExchange(
        expected: before, desired: UInt64(epoch) << 32 | claimed | bit, ordering: .relaxed)
      if done { return true }
      before = now
    }
    return false
  }

  /// Where a search in a list begins.
  @inline(__always)
  func head(of worker: Int) -> Position {
    Position(bits: heads[worker].pointee.load(ordering: .relaxed))
  }

  /// Says that everything in a list before a position is claimed.
  @inline(__always)
  func advance(_ worker: Int, to position: Position) {
    heads[worker].pointee.store(position.bits, ordering: .relaxed)
  }
}
