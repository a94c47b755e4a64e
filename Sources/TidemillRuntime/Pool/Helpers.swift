import CPlatform
import Glibc
import Logging
import Synchronization

/// Why helpers go wrong is told here.
let log = Logger(label: "tidemill")

/// The memory that a pool shares with its threads, which hold a pointer to it and no reference to
/// the pool: so a pool can be released while they sleep.
struct Helpers {
  let board = JobBoard()
  /// How long an idle helper looks for work before it sleeps, and others for its end.
  let spin: Spin
  /// One for each helper: what its thread is told.
  let starts: UnsafeMutablePointer<Start>
  let threads: UnsafeMutablePointer<pthread_t>
  let count: Int
  /// How many threads there are; less than `count` where the system gave no more. Behind a pointer,
  /// as the first threads read this structure while the last are being started.
  private let started = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  /// Where the helpers are pinned, and where nobody is.
  private let seats: PUSeats

  /// What a thread is told when it starts.
  struct Start {
    let helpers: UnsafeMutablePointer<Helpers>
    let worker: Int
    /// -1: not pinned.
    let cpu: Int32
  }

  private let words = AtomicWords(count: 4, .apart)
  /// One for each worker: 0, or what the helper that sleeps on it has written there.
  private let beds: AtomicWords
  let victims: Victims
  /// Grows with every job that is opened.
  private var news: UnsafeMutablePointer<Atomic<UInt32>> { words[0] }
  private var sleepers: UnsafeMutablePointer<Atomic<UInt32>> { words[1] }
  private var quitting: UnsafeMutablePointer<Atomic<UInt32>> { words[2] }
  private var warned: UnsafeMutablePointer<Atomic<UInt32>> { words[3] }

  init(count: Int, spin: Spin, victims: Victims) {
    self.count = count
    self.victims = victims
    beds = AtomicWords(count: count + 1, .apart)
    self.spin = spin
    starts = .allocate(capacity: max(count, 1))
    threads = .allocate(capacity: max(count, 1))
    started.initialize(to: 0)
    seats = PUSeats(count: count)
  }

  func deallocate() {
    board.deallocate()
    words.deallocate()
    beds.deallocate()
    victims.deallocate()
    starts.deallocate()
    threads.deallocate()
    started.deallocate()
    seats.deallocate()
  }

  // MARK: News

  /// Says that a job was opened, and wakes those who are wanted if they sleep.
  ///
  /// The other side lies down before it looks at `news` a last time. Both orders are total
  /// (sequentially consistent), so one of the two sees the other.
  func announce(to invited: UnsafeMutableBufferPointer<UInt16>) {
    news.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    guard someoneSleeps else { return }
    for worker in invited { _ = wake(beds[Int(worker)]) }
  }

  /// How many jobs were opened, from 0 again after the last number there is.
  @inline(__always)
  var newsCount: UInt32 { news.pointee.load(ordering: .relaxed) }

  /// Lets the helper that is pinned to the calling thread's PU change to the one that nobody has.
  @inline(__always)
  func makeRoomForCaller() { seats.makeRoom(among: threads, count: started.pointee) }

  // MARK: Sleep

  /// On a bed: sleeps in no job. In a job it is the number of the seat and 2.
  private static let idle: UInt32 = 1

  func bed(of worker: Int) -> UnsafeMutablePointer<Atomic<UInt32>> { beds[worker] }

  /// Whether a helper, or a caller in its run, sleeps.
  @inline(__always)
  var someoneSleeps: Bool { sleepers.pointee.load(ordering: .sequentiallyConsistent) != 0 }

  /// Sleeps until woken, unless a look after lying down shows that there is something to do.
  ///
  /// - Parameter longest: In nanoseconds, asked for after that look; negative is without a limit.
  func sleep(
    on bed: UnsafeMutablePointer<Atomic<UInt32>>, inSeat seat: UInt32?,
    longest: () -> Int64 = { -1 }, unless isNeeded: () -> Bool
  ) {
    let mark = seat.map { $0 + 2 } ?? Self.idle
    bed.pointee.store(mark, ordering: .sequentiallyConsistent)
    sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if !isNeeded() { _ = tidemill_futex_wait(bed, mark, longest()) }
    bed.pointee.store(0, ordering: .relaxed)
    sleepers.pointee.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Wakes who sleeps on a bed; false if nobody does.
  func wake(_ bed: UnsafeMutablePointer<Atomic<UInt32>>) -> Bool {
    guard bed.pointee.load(ordering: .sequentiallyConsistent) != 0,
      bed.pointee.exchange(0, ordering: .acquiringAndReleasing) != 0
    else { return false }
    _ = tidemill_futex_wake(bed, 1)
    return true
  }

  /// Wakes the helpers that sleep in a job.
  func wakeAll(inSeat seat: Int, workers: Int) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    for worker in 1..<min(workers, count + 1) {
      let bed = beds[worker]
      if bed.pointee.load(ordering: .relaxed) == UInt32(seat) + 2 { _ = wake(bed) }
    }
  }

  private func sleep(_ worker: Int, since seen: UInt32) {
    if spin.wait(until: { newsCount != seen }) { return }
    sleep(on: beds[worker], inSeat: nil) {
      news.pointee.load(ordering: .sequentiallyConsistent) != seen
    }
  }

  // MARK: Order

  /// Where a worker looks for work: at itself first, then at the others, nearest cache first.
  ///
  /// - Parameter workers: How many there are in the job.
  @inline(__always)
  func victim(of worker: Int, _ step: Int, _ workers: Int) -> Int {
    victims.victim(of: worker, step, workers)
  }

  // MARK: Threads

  /// Starts the threads. After a fork it starts them anew: those of the parent did not come along,
  /// and what they left in this memory means nothing.
  ///
  /// - Parameters:
  ///   - cpus: Where helpers are pinned; -1: nowhere.
  ///   - free: The CPU that is kept for callers; -1: none.
  func start(at address: UnsafeMutablePointer<Helpers>, cpus: [Int32], free: Int32) {
    board.reset()
    for word in [news, sleepers, quitting] { word.pointee.store(0, ordering: .relaxed) }
    for worker in 0...count { beds[worker].pointee.store(0, ordering: .relaxed) }
    started.pointee = 0
    seats.reset(cpus, free: free)
    withSignalsBlocked {
      for (index, cpu) in cpus.enumerated() {
        (starts + index).initialize(to: Start(helpers: address, worker: index + 1, cpu: cpu))
        guard let thread = startThread(starts + index) else {
          log.warning("only \(index) of \(cpus.count) worker threads started: going on with these")
          break
        }
        (threads + index).initialize(to: thread)
        pin(thread, starts[index])
        started.pointee += 1
      }
    }
  }

  /// Ends the threads and waits for that. No job is open.
  func stop() {
    quitting.pointee.store(1, ordering: .relaxed)
    news.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    for worker in 0...count { _ = wake(beds[worker]) }
    for index in 0..<started.pointee { pthread_join(threads[index], nil) }
  }

  /// What a helper's thread does until the pool is released.
  fileprivate func live(worker: Int) {
    var first = worker
    while true {
      // Before the search: what is opened after it changes `news`, so no job is slept through.
      let seen = news.pointee.load(ordering: .acquiring)
      if quitting.pointee.load(ordering: .relaxed) != 0 { return }
      if let seat = board.join(worker: worker, from: first) {
        first = seat + 1
        board.takePart(in: seat, worker: worker)
      } else {
        sleep(worker, since: seen)
      }
    }
  }

  /// By the thread that starts it, before any run: seats change afterwards.
  private func pin(_ thread: pthread_t, _ start: Start) {
    guard start.cpu >= 0 else { return }
    let error = tidemill_pin_other_thread(thread, start.cpu)
    guard error != 0 else { return }
    let (first, _) = warned.pointee.compareExchange(expected: 0, desired: 1, ordering: .relaxed)
    guard first else { return }
    log.warning(
      """
      worker \(start.worker) cannot be pinned to PU \(start.cpu) (errno \(error)): it goes on \
      unpinned; others like it are not reported
      """)
  }
}

/// Enough for any kernel: their buffers are in the workspace.
private let stackBytes = 2 << 20

private func startThread(_ start: UnsafeMutablePointer<Helpers.Start>) -> pthread_t? {
  var attributes = pthread_attr_t()
  guard pthread_attr_init(&attributes) == 0 else { return nil }
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, stackBytes)
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let start = argument.assumingMemoryBound(to: Helpers.Start.self).pointee
      tidemill_name_thread("tidemill-\(start.worker)")
      start.helpers.pointee.live(worker: start.worker)
      return nil
    }, start)
  return status == 0 ? thread : nil
}

/// Threads inherit the mask: the signals of the embedder are for its own threads. Those that a
/// thread causes by itself, and those of profilers, still come.
package func withSignalsBlocked(_ body: () -> Void) {
  var blocked = sigset_t()
  var before = sigset_t()
  sigfillset(&blocked)
  for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGPROF] {
    sigdelset(&blocked, signal)
  }
  let changed = pthread_sigmask(SIG_BLOCK, &blocked, &before) == 0
  body()
  if changed { pthread_sigmask(SIG_SETMASK, &before, nil) }
}
