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
}
