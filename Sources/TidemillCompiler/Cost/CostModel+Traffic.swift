import TidemillGraph

/// Bytes that move when a task runs, by where they lie when it starts: what is read once, what is written twice, as a line is
/// fetched before it goes back.
package struct Traffic: Hashable, Sendable {
  package var l2 = 0.0
  package var l3 = 0.0
  /// Of the worker's own NUMA node.
  package var memory = 0.0
  /// Of another node in the package, and of another package.
  package var samePackage = 0.0
  package var apart = 0.0
  /// Last written by another core.
  package var cores = 0.0

  package init() {}

  /// All bytes where they would be if so many were touched in turn, again and again.
  init(bytes: Double, footprint: Double, l2: Double, l3: Double) {
    if footprint <= l2 {
      self.l2 = bytes
    } else if footprint <= l3 {
      self.l3 = bytes
    } else {
      memory = bytes
    }
  }

  /// The same bytes without those of other cores and nodes.
  var near: Traffic {
    var near = Traffic()
    near.l2 = l2
    near.l3 = l3 + cores
    near.memory = memory + samePackage + apart
    return near
  }
}

/// What a task moves, the two matrices of a product apart from the rest.
package struct TaskTraffic: Hashable, Sendable {
  package var operands = Traffic()
  package var others = Traffic()

  package init() {}

  var near: TaskTraffic {
    var result = TaskTraffic()
    (result.operands, result.others) = (operands.near, others.near)
    return result
  }
}

extension CostModel {
  /// What a tile takes.
  ///
  /// A product reads its operands while it computes, but not for nothing: where it has more to compute than to read, every
  /// byte that is not near adds to it. What its epilogue touches comes on top. Other kernels take as long as the slower of
  /// arithmetic and memory. What another core has written is waited for.
  package func seconds(_ work: Work, _ traffic: TaskTraffic) -> Double {
    let arithmetic = arithmeticSeconds(work)
    let others = stream(traffic.others)
    let between = (traffic.operands.cores + traffic.others.cores) * self[.coreByte]
    guard work.kind == .product, arithmetic > 0 else { return max(arithmetic, others) + between }
    let operands = stream(traffic.operands)
    let added = added(traffic.operands) * min(1, arithmetic / max(operands, 1e-15))
    return max(arithmetic, operands) + added + others + between
  }

  /// One byte after the other.
  private func stream(_ traffic: Traffic) -> Double {
    traffic.l2 * self[.streamL2] + traffic.l3 * self[.streamL3]
      + traffic.memory * self[.streamMemory] + far(traffic)
  }

  private func far(_ traffic: Traffic) -> Double {
    traffic.samePackage * self[.memorySamePackage] + traffic.apart * self[.memoryApart]
  }

  /// To a product that has enough to compute.
  private func added(_ traffic: Traffic) -> Double {
    traffic.l3 * self[.productL3] + traffic.memory * self[.productMemory]
      + far(traffic) * self[.productMemory] / max(self[.streamMemory], 1e-15)
  }

  /// From the end of a task to the start of one on another worker.
  package func handOver(_ distance: WorkerDistance) -> Double {
    switch distance {
    case .sameCore: 0
    case .sharedCache: self[.handOverSharedCache]
    case .sameNode: self[.handOverSameNode]
    case .samePackage: self[.handOverSamePackage]
    case .apart: self[.handOverApart]
    }
  }
}
