import CPlatform
import Synchronization
import TidemillCompiler
import TidemillGraph
import TidemillTopology

/// The threads that run tasks beside the calling one, which is worker 0.
///
/// A pool has one thread for each further worker of its placement, pinned to its PU. They start when
/// the first run wants them, spin some 50 µs when they have nothing to do and sleep then, and end
/// when the pool is released. Any number of threads may run sessions on one pool at the same time;
/// helpers join the jobs there are. The affinity of the calling threads is never changed.
///
/// ```swift
/// let pool = try Pool(threads: 4)  // or Pool.shared, for the whole process
/// ```
///
/// After a `fork`, the child's first run starts threads of its own.
///
/// Unchecked: the memory behind `helpers` is atomics, and what is written once by the one thread
/// that won `lifecycle` before it says so there.
public final class Pool: @unchecked Sendable {
  /// Where the workers are.
  public let placement: Placement
  /// What the workers share, and how far apart they are.
  package let machine: MachineModel
  /// How memory is touched for the first time.
  let touch: FirstTouch.Touch
  let helpers: UnsafeMutablePointer<Helpers>
  private let lifecycle = AtomicWords(count: 1, .apart)

  /// Makes a pool with workers at these places. One PU more than once, or more workers than CPUs,
  /// works, and is slow.
  public convenience init(placement: Placement) {
    self.init(placement: placement, topology: Self.machine)
  }

  /// - Parameters:
  ///   - topology: What the placement's cores are of: another machine than this one in tests.
  ///   - touch: How memory is touched for the first time, by a worker of the node where it should lie.
  package init(
    placement: Placement, topology: Topology,
    touch: @escaping @Sendable (_ page: UnsafeMutableRawPointer, _ worker: Int) -> Void =
      FirstTouch.standard
  ) {
    // The first call begins to count forks; it has to come before there is anything to lose.
    _ = tidemill_fork_generation()
    self.placement = placement
    self.touch = touch
    machine = MachineModel(topology, placement)
    // Whoever spins takes a core from others that share it, or time from what the quota leaves.
    let spins = CPUQuota.read() == nil && placement.threads <= PU.allowedToProcess().count
    helpers = .allocate(capacity: 1)
    helpers.initialize(
      to: Helpers(
        count: max(placement.threads - 1, 0),
        spin: spins ? .bounded : .none,
        victims: Victims(placement, topology, machine)))
  }

  /// Makes a pool of a number of threads, the calling one included, on this machine.
  ///
  /// - Parameter threads: `nil` is one for each core, but no more than the quota can keep busy.
  /// - Throws: `TidemillError` with code `topology` for less than one thread, and for thousands.
  public convenience init(threads: Int?) throws {
    self.init(placement: try Self.machine.usablePlacement(threads: threads))
  }

  deinit {
    let ready = Self.ready(generation: tidemill_fork_generation())
    if lifecycle[0].pointee.load(ordering: .acquiring) == ready { helpers.pointee.stop() }
    helpers.pointee.deallocate()
    helpers.deallocate()
    lifecycle.deallocate()
  }

  /// How many threads work, the calling one included.
  public var threads: Int { placement.threads }

  /// How long one worker waits for another before it sleeps.
  var spin: Spin { helpers.pointee.spin }

  // MARK: Jobs

  /// Takes a seat for a job; `nil` where the caller works alone, as there are no helpers or too many
  /// callers ask for them already.
  func reserve() -> Int? {
    guard threads > 1, startIfNeeded() else { return nil }
    return helpers.pointee.board.reserve()
  }

  /// Lets helpers of index less than `workers` come, and wakes those who are invited.
  func open(
    _ seat: Int, _ job: Job, workers: Int, invited: UnsafeMutableBufferPointer<UInt16>,
    priority: JobPriority
  ) {
    helpers.pointee.makeRoomForCaller()
    helpers.pointee.board.open(seat, job, workers: workers, priority: priority)
    helpers.pointee.announce(to: invited)
  }

  /// Waits until the last helper has left the job, and gives the seat back.
  func close(_ seat: Int, workers: Int) {
    helpers.pointee.board.close(seat, spin: spin) {
      helpers.pointee.wakeAll(inSeat: seat, workers: workers)
    }
  }

  // MARK: Start

  /// `lifecycle` when the threads of this process run. One less: someone is starting them. The
  /// number of the process among its forks is in it, so that a child finds no threads ready, even
  /// if the fork came while another thread of the parent was starting them. There is no lock that
  /// such a thread could have left locked.
  private static func ready(generation: UInt32) -> UInt32 { generation &* 2 &+ 2 }

  /// The PU that the placement counts the caller on; -1 where helpers are not pinned.
  private var callerPU: Int32 {
    let cores = Self.machine.cores
    guard let core = placement.workers.first?.core, cores.indices.contains(core),
      placement.workers.dropFirst().contains(where: { $0.pu != nil })
    else { return -1 }
    return Int32(clamping: cores[core].pus.first?.rawValue ?? -1)
  }

  private func startIfNeeded() -> Bool {
    let ready = Self.ready(generation: tidemill_fork_generation())
    let now = lifecycle[0].pointee.load(ordering: .acquiring)
    if now == ready { return true }
    // Another caller is at it: this run is better done alone than late.
    if now == ready &- 1 { return false }
    let (won, _) = lifecycle[0].pointee.compareExchange(
      expected: now, desired: ready &- 1, ordering: .acquiring)
    guard won else { return false }
    let cpus = placement.workers.dropFirst().map { Int32(clamping: $0.pu?.rawValue ?? -1) }
    helpers.pointee.start(at: helpers, cpus: cpus, free: callerPU)
    lifecycle[0].pointee.store(ready, ordering: .releasing)
    return true
  }
}
