import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Blocks of matrix products follow from the caches, and results do not follow from them.
@Suite struct GemmBlocksTests {
  /// Proves: the parts fit the caches that they are for, whatever sizes are reported, none and absurd ones included.
  @Test func fitTheirCaches() {
    for tileRows in [1, 6, 8, 14] {
      for l1 in [0, 16, 32, 48, 128, 1 << 20] {
        for l2 in [0, 128, 256, 512, 1024, 2048, 16 << 10, 1 << 30] {
          for l3 in [0, 1024, 4096, 16 << 10, 1 << 30] {
            let blocks = GemmBlocks(l1: l1 << 10, l2: l2 << 10, l3: l3 << 10, tileRows: tileRows)
            #expect((1024...4096).contains(blocks.depthBytes) && blocks.depthBytes % 256 == 0)
            #expect(blocks.rows >= tileRows && blocks.rows % tileRows == 0 && blocks.rows <= 1024)
            #expect((128...8192).contains(blocks.columns) && blocks.columns % 32 == 0)
            if l1 >= 32 && l2 >= 512 {
              #expect(tileRows * blocks.depthBytes <= l1 << 10)
              #expect(blocks.rows * blocks.depthBytes <= l2 << 10)
            }
          }
        }
      }
    }
    #expect(GemmBlocks.standard == GemmBlocks(depthBytes: 2048, rows: 336, columns: 2048))
    #expect(GemmBlocks(l1: 32 << 10, l2: 1 << 20, l3: 16 << 20, tileRows: 14) == .standard)
    let blocks = GemmBlocks.standard
    #expect(blocks.block(of: .float32, pairs: true) == (512, 336, 2048))
    #expect(blocks.block(of: .float64, pairs: true) == (256, 336, 2048))
    #expect(blocks.block(of: .bfloat16, pairs: true) == (1024, 168, 2048))
    #expect(blocks.block(of: .bfloat16, pairs: false) == (512, 336, 256))
  }

  /// Proves: a product, one with an epilogue and one with few columns have the same bits for any blocks and threads.
  @Test func changeNoBit() throws {
    let a = try Tensor((0..<141 * 700).map { Float(($0 * 7919) % 1009 - 500) }, shape: [141, 700])
    let b = try Tensor((0..<700 * 80).map { Float(($0 * 104_729) % 997 - 500) }, shape: [700, 80])
    func results(_ blocks: GemmBlocks, threads: Int) throws -> [Tensor] {
      try Runner(threads: threads, blocks: blocks) { graph in
        let (x, y) = (graph.input("a", [141, 700]), graph.input("b", [700, 80]))
        let first = x.matmul(y)
        return [first, (first * 1e-3 + 1).tanh(), x.matmul(y.slice(axis: 1, 0..<3))]
      }.run([a, b])
    }
    let wanted = try results(.standard, threads: 1)
    for (depth, rows, columns) in [
      (256, 7, 32), (512, 60, 64), (4096, 1, 8192), (256, 36, 32), (256, 84, 32), (256, 126, 32),
    ] {
      for threads in [1, 3] {
        let blocks = GemmBlocks(depthBytes: depth, rows: rows, columns: columns)
        #expect(try results(blocks, threads: threads) == wanted)
      }
    }
  }
}
