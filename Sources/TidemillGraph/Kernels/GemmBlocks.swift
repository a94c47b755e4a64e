import CKernels

/// What lies in which cache while matrices are multiplied. No bit of a product depends on it.
///
/// A tile's rows of `a` stay in L1 while a panel of `b` streams past from L2, where a block of `a` lies too; the panels of
/// `b` that other blocks of `a` will need lie in L3.
///
/// **Source**: Low, Igual, Smith, Quintana-Ortí: Analytical modeling is enough for high-performance BLIS, ACM TOMS 43:2,
/// 2016; but for the shares of the caches, which are measured, since `a` is read in place here.
package struct GemmBlocks: Hashable, Sendable {
  /// Of a row of `a` that is walked at once.
  package let depthBytes: Int
  /// Of a block of `a`.
  package let rows: Int
  /// Of `b` that are packed at once.
  package let columns: Int

  /// - Parameters:
  ///   - l1: Bytes of a core's data cache, or 0 where it is not known.
  ///   - l2: Of its second cache, or of its share.
  ///   - l3: Of its share of the last cache; without one, 0.
  ///   - tileRows: Rows of the largest tile in registers.
  package init(l1: Int, l2: Int, l3: Int, tileRows: Int) {
    func whole(_ value: Int, of grain: Int, _ range: ClosedRange<Int>) -> Int {
      min(max(value / grain * grain, range.lowerBound), range.upperBound)
    }
    let tileRows = min(max(tileRows, 1), 64)
    // Seven eighths of L1 for the tile's rows of a, as long as sums lie in memory less often by it.
    let l1 = l1 > 0 ? l1 : 32 << 10
    depthBytes = whole(min(l1 / 8 * 7, 28 << 10) / tileRows, of: 256, 1024...4096)
    // Two thirds of L2 for the block of a.
    let l2 = l2 > 0 ? l2 : 512 << 10
    rows = whole(l2 / 3 * 2 / depthBytes, of: tileRows, 4 * tileRows...1024 / tileRows * tileRows)
    // A quarter of L3 for the panels of b; where there is none, L2 has to do.
    columns = whole(max(l3 / 4, l2 / 4) / depthBytes, of: 32, 128...8192)
  }

  /// Of a core with 48 KiB, 1 MiB and 16 MiB: for tests and for calls that are not compiled for a machine.
  package static let standard = GemmBlocks(l1: 48 << 10, l2: 1 << 20, l3: 16 << 20, tileRows: 14)

  /// Any sizes, for tests.
  package init(depthBytes: Int, rows: Int, columns: Int) {
    (self.depthBytes, self.rows, self.columns) = (depthBytes, rows, columns)
  }

  /// Depth, rows and columns of a block of a type, in elements.
  ///
  /// - Parameter pairs: Whether the instruction set has dot products of bfloat16.
  package func block(of dtype: DType, pairs: Bool) -> (
    depth: Int, rows: Int, columns: Int
  ) {
    let block = tm_gemm_block_of(dtype.kernelType, pairs, kernelBlocks)
    return (Int(block.depth), Int(block.rows), Int(block.columns))
  }

  package var kernelBlocks: tm_gemm_blocks {
    tm_gemm_blocks(
      depth_bytes: Int32(depthBytes), rows: Int32(rows), columns: Int32(columns))
  }
}
