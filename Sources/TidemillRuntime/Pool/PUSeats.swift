import CPlatform
import Glibc
import Synchronization

/// Which PU each helper is pinned to, and the one that is kept free for callers.
///
/// A caller is not pinned, and a system may run it on any PU, a helper's too. There the helper would get the PU only when
/// the caller's time slice ends, after many runs, while another PU idles: the balancing of load moves a thread after
/// milliseconds, and does not see one that spins and sleeps. So that helper changes to the free PU.
struct PUSeats {
  /// First the free PU, then that of each helper; -1: none.
  private let pus: UnsafeMutablePointer<Int32>
  private let count: Int
  /// The PU of the last caller that had room, and whether someone is changing seats.
  private let words = AtomicWords(count: 2, .apart)
  private let lastChange = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

  private var roomy: UnsafeMutablePointer<Atomic<UInt32>> { words[0] }
  private var changing: UnsafeMutablePointer<Atomic<UInt32>> { words[1] }
  private static let nowhere = UInt32.max

  /// Two callers on two PUs would send a helper to and fro: it goes at most once in this time.
  private static let leastNanoseconds: UInt64 = 1_000_000

  init(count: Int) {
    self.count = count
    pus = .allocate(capacity: count + 1)
    pus.initialize(repeating: -1, count: count + 1)
    lastChange.initialize(to: 0)
  }

  func deallocate() {
    pus.deallocate()
    words.deallocate()
    lastChange.deallocate()
  }

  /// Takes note of where helpers are about to be pinned; no helper or caller is about.
  func reset(_ cpus: [Int32], free: Int32) {
    pus[0] = cpus.contains(free) ? -1 : free
    for (helper, cpu) in cpus.prefix(count).enumerated() { pus[helper + 1] = cpu }
    roomy.pointee.store(Self.nowhere, ordering: .relaxed)
    changing.pointee.store(0, ordering: .relaxed)
  }

  /// Frees the calling thread's PU, if a helper is pinned to it and another PU is free.
  @inline(__always)
  func makeRoom(among threads: UnsafeMutablePointer<pthread_t>, count: Int) {
    let here = tidemill_current_cpu()
    if roomy.pointee.load(ordering: .relaxed) != UInt32(bitPattern: here) {
      changeSeats(here, threads, count)
    }
  }

  @inline(never)
  private func changeSeats(_ here: Int32, _ threads: UnsafeMutablePointer<pthread_t>, _ count: Int)
  {
    let (alone, _) = changing.pointee.compareExchange(
      expected: 0, desired: 1, ordering: .acquiring)
    guard alone else { return }
    defer { changing.pointee.store(0, ordering: .releasing) }
    if let seat = (0..<count).first(where: { pus[$0 + 1] == here }), pus[0] >= 0 {
      let now = tidemill_nanoseconds()
      guard now &- lastChange.pointee > Self.leastNanoseconds else { return }
      lastChange.pointee = now
      if tidemill_pin_other_thread(threads[seat], pus[0]) == 0 {
        (pus[0], pus[seat + 1]) = (here, pus[0])
      }
    }
    roomy.pointee.store(UInt32(bitPattern: here), ordering: .relaxed)
  }
}
