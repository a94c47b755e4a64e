import TidemillCompiler
import TidemillTopology

/// In which order each worker looks for work at the others.
struct Victims {
  /// For each worker all of them, itself first; nothing where there are too many.
  private let order: UnsafeMutablePointer<UInt16>?
  private let count: Int
  /// The NUMA node of each worker; nothing where all are on one.
  private let nodes: UnsafeMutablePointer<UInt32>?

  /// A table for more than these would take longer to make than it gains.
  private static let mostWorkers = 512

  init(_ placement: Placement, _ topology: Topology, _ machine: MachineModel) {
    count = placement.threads
    nodes = machine.spansNodes ? .allocate(capacity: count) : nil
    nodes?.initialize(from: machine.workers.map { UInt32($0.node) }, count: count)
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

  func deallocate() {
    order?.deallocate()
    nodes?.deallocate()
  }

  /// Whether some workers' memory is far from others.
  @inline(__always)
  var spanNodes: Bool { nodes != nil }

  /// Whether the nearest memory of two workers is not the same.
  @inline(__always)
  func areApart(_ worker: Int, _ other: Int) -> Bool {
    guard let nodes else { return false }
    return nodes[worker] != nodes[other]
  }

  /// - Parameters:
  ///   - step: 0 is the worker itself.
  ///   - workers: How many take part; some others may come twice where not all do, none is left out.
  @inline(__always)
  func victim(of worker: Int, _ step: Int, _ workers: Int) -> Int {
    guard let order, workers == count else { return (worker &+ step) % workers }
    return Int(order[worker &* count &+ step])
  }
}
