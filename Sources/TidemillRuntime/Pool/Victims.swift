import TidemillTopology

/// In which order each worker looks for work at the others.
struct Victims {
  /// For each worker all of them, itself first; nothing where there are too many.
  private let order: UnsafeMutablePointer<UInt16>?
  private let count: Int

  /// A table for more than these would take longer to make than it gains.
  private static let mostWorkers = 512

  init(_ placement: Placement, _ topology: Topology) {
    count = placement.threads
    guard (2...Self.mostWorkers).contains(count) else {
      order = nil
      return
    }
    let memory = UnsafeMutablePointer<UInt16>.allocate(capacity: count * count)
    for worker in 0..<count {
      let row = [worker] + placement.neighbours(of: worker, in: topology)
      (memory + worker * count).initialize(from: row.map(UInt16.init), count: count)
    }
    order = memory
  }

  func deallocate() { order?.deallocate() }

  /// - Parameters:
  ///   - step: 0 is the worker itself.
  ///   - workers: How many take part; some others may come twice where not all do, none is left out.
  @inline(__always)
  func victim(of worker: Int, _ step: Int, _ workers: Int) -> Int {
    guard let order, workers == count else { return (worker &+ step) % workers }
    return Int(order[worker &* count &+ step])
  }
}
