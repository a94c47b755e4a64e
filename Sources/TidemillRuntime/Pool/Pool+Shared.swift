import TidemillGraph
import TidemillTopology

extension Pool {
  /// The machine, read once.
  package static let machine = Topology.current()

  /// The pool of the process: a worker for each core, no more than the quota can keep busy.
  public static let shared = Pool(
    placement: (try? machine.usablePlacement(threads: nil))
      ?? Placement(workers: [Placement.Worker(pu: nil, core: nil)]))

  /// A pool of a number of threads that all who ask for as many share; it ends with its last user.
  ///
  /// - Parameter threads: As in `init(threads:)`; `nil` is `shared`.
  /// - Throws: `TidemillError` with code `topology` for less than one thread, and for thousands.
  public static func shared(threads: Int?) throws -> Pool {
    guard let threads, threads != shared.threads else { return shared }
    return try byThreads.pool(threads: threads)
  }

  /// More threads than this would take turns, and each hand-over waits for one that has no turn.
  ///
  /// - Returns: One for each PU that the process may use, but no more than the quota can keep busy.
  package static func mostUseful(quota: CPUQuota? = machine.quota) -> Int {
    max(min(PU.allowedToProcess().count, quota?.threads ?? .max), 1)
  }

  private static let byThreads = PoolCache()
}

/// Pools by their number of threads, as long as someone has them.
///
/// Unchecked: `pools` is used under the lock only. Not a `Mutex`, whose waiting half is in a library
/// that ThreadSanitizer does not see into.
private final class PoolCache: @unchecked Sendable {
  private let lock = ReadWriteLock()
  private var pools: [Int: WeakPool] = [:]

  private struct WeakPool {
    weak var pool: Pool?
  }

  func pool(threads: Int) throws -> Pool {
    try lock.withLock(forWriting: true) {
      if let pool = pools[threads]?.pool { return pool }
      pools = pools.filter { $0.value.pool != nil }
      let pool = try Pool(threads: threads)
      pools[threads] = WeakPool(pool: pool)
      return pool
    }
  }
}

extension Topology {
  /// A placement whose PUs are those of the machine that runs: none, if this is another one.
  func usablePlacement(threads: Int?) throws -> Placement {
    let placement = try placement(threads: threads)
    guard !isThisMachine else { return placement }
    return Placement(
      workers: placement.workers.map { Placement.Worker(pu: nil, core: $0.core) })
  }
}
