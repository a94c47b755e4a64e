import CPlatform
import Synchronization
import TidemillTopology

/// What a caller asks helpers to take part in: `work(context, worker)` returns whether there is nothing
/// left to claim; a helper may leave earlier. The caller keeps `context` alive until it has closed the job.
struct Job {
  let context: UnsafeMutableRawPointer
  let work: @convention(c) (UnsafeMutableRawPointer, Int) -> Bool
}

/// Which jobs helpers go to first.
package enum JobPriority: UInt32, Comparable, Sendable {
  case low
  case normal
  case high

  package static func < (one: JobPriority, other: JobPriority) -> Bool {
    one.rawValue < other.rawValue
  }
}

/// The jobs that callers have open: a fixed number of seats, each a word and a job.
///
/// A seat's word goes `0 → taken → taken|open → taken → 0`; between, helpers add and subtract
/// themselves. Only the caller that took a seat gives it back, and only when no helper is in it, so
/// that a job's memory is never used after `close` returns.
///
/// ```
///  31    30   29   25    24 23    12 11       0
/// waits open taken priority |  limit | members  |
/// ```
package struct JobBoard {
  package static let capacity = 16
  /// The most workers that a job may have, for `limit` and `members` to fit.
  static let mostWorkers = Topology.mostThreads

  private static let members: UInt32 = 0xfff
  private static let limitShift: UInt32 = 12
  private static let priorityShift: UInt32 = 24
  private static let taken: UInt32 = 1 << 29
  private static let open: UInt32 = 1 << 30
  private static let waits: UInt32 = 1 << 31

  private let words = AtomicWords(count: capacity, .apart)
  private let jobs = UnsafeMutablePointer<Job>.allocate(capacity: capacity)

  func deallocate() {
    words.deallocate()
    jobs.deallocate()
  }

  /// Forgets all jobs: after a fork those of the other threads are nobody's.
  func reset() {
    for seat in 0..<Self.capacity { words[seat].pointee.store(0, ordering: .relaxed) }
  }

  // MARK: What callers do

  /// Takes a free seat; `nil` if there is none.
  func reserve() -> Int? {
    for seat in 0..<Self.capacity where words[seat].pointee.load(ordering: .relaxed) == 0 {
      // Acquiring: the job below is written after the seat's last helper has read it.
      let (took, _) = words[seat].pointee.compareExchange(
        expected: 0, desired: Self.taken, ordering: .acquiring)
      if took { return seat }
    }
    return nil
  }

  /// Lets helpers of index less than `workers` join.
  func open(_ seat: Int, _ job: Job, workers: Int, priority: JobPriority) {
    (jobs + seat).initialize(to: job)
    let limit = UInt32(truncatingIfNeeded: min(workers, Self.mostWorkers)) << Self.limitShift
    words[seat].pointee.store(
      Self.taken | Self.open | limit | priority.rawValue << Self.priorityShift, ordering: .releasing
    )
  }

  /// Lets no more helpers in, waits until the last has left, and gives the seat back.
  ///
  /// What helpers did in the job has happened before this returns.
  ///
  /// - Parameter wake: Wakes those who sleep in the job.
  func close(_ seat: Int, spin: Spin, wake: () -> Void) {
    let word = words[seat]
    let before = word.pointee.bitwiseAnd(~Self.open, ordering: .acquiring).newValue
    if before & Self.members != 0 {
      wake()
      if !spin.wait(until: { isEmpty(word) }) {
        while true {
          let now = word.pointee.bitwiseOr(Self.waits, ordering: .acquiring).newValue
          if now & Self.members == 0 { break }
          _ = tidemill_futex_wait(word, now, -1)
        }
      }
    }
    word.pointee.store(0, ordering: .releasing)
  }

  @inline(__always)
  private func isEmpty(_ word: UnsafeMutablePointer<Atomic<UInt32>>) -> Bool {
    word.pointee.load(ordering: .acquiring) & Self.members == 0
  }

  // MARK: What helpers do

  /// Joins the most urgent of the open jobs that have room for this worker, and returns its seat.
  ///
  /// - Parameter first: Of jobs that are as urgent the first from this seat on, so that helpers spread and take turns.
  func join(worker: Int, from first: Int) -> Int? {
    while let (seat, seen) = best(for: worker, from: first) {
      // The seat may have been closed and opened again in between: then this joins the later
      // job, which is as good, as nothing of the job has been read so far.
      let (joined, _) = words[seat].pointee.compareExchange(
        expected: seen, desired: seen &+ 1, ordering: .acquiring)
      if joined { return seat }
    }
    return nil
  }

  private func best(for worker: Int, from first: Int) -> (seat: Int, word: UInt32)? {
    var best: (seat: Int, word: UInt32)?
    for step in 0..<Self.capacity {
      let seat = (first &+ step) % Self.capacity
      let now = words[seat].pointee.load(ordering: .relaxed)
      guard now & Self.open != 0, worker < Int((now >> Self.limitShift) & Self.members) else {
        continue
      }
      if let best, Self.priority(now) <= Self.priority(best.word) { continue }
      best = (seat, now)
    }
    return best
  }

  @inline(__always)
  private static func priority(_ word: UInt32) -> UInt32 { (word >> priorityShift) & 3 }

  /// Whether a job that is more urgent than the one in a seat has room for a worker.
  func hasMoreUrgent(than seat: Int, for worker: Int) -> Bool {
    guard let (_, word) = best(for: worker, from: 0) else { return false }
    return Self.priority(word) > Self.priority(words[seat].pointee.load(ordering: .relaxed))
  }

  /// Does the work of the job in a seat that this worker has joined, and leaves.
  func takePart(in seat: Int, worker: Int) {
    let job = jobs[seat]
    let isAllClaimed = job.work(job.context, worker)
    let word = words[seat]
    // Then nobody else needs to come, nor this worker again.
    if isAllClaimed { word.pointee.bitwiseAnd(~Self.open, ordering: .relaxed) }
    let now = word.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    // The seat may be someone else's by now: then this wakes for nothing, which waiters allow for.
    if now & (Self.waits | Self.members) == Self.waits { _ = tidemill_futex_wake(word, 1) }
  }
}
