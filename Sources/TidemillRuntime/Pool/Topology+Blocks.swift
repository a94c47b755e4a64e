import TidemillCompiler
import TidemillGraph
import TidemillTopology

extension Topology {
  /// Sizes for matrix products by the smallest caches of any core, and the smallest share of a cache that cores share.
  package func blocks(for instructionSet: InstructionSet) -> GemmBlocks {
    func share(_ level: Int) -> Int {
      let shares = caches.filter { $0.level == level && $0.bytes > 0 }.map {
        level == 1 ? $0.bytes : $0.bytes / max($0.cores.count, 1)
      }
      return shares.min() ?? 0
    }
    return GemmBlocks(
      l1: share(1), l2: share(2), l3: share(3),
      tileRows: Int(instructionSet.table.pointee.gemm_rows))
  }

  /// Which results do not stay in the last caches of the cores that the workers are on.
  package func streaming(_ placement: Placement) -> Streaming {
    let lasts = placement.workers.compactMap { worker in
      worker.core.flatMap { core in
        cores[core].caches.last { caches[$0].level > 1 && caches[$0].bytes > 0 }
      }
    }
    return Streaming(lastCaches: Set(lasts).reduce(0) { $0 + caches[$1].bytes })
  }
}
