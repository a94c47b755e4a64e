import CKernels

/// `c[b,i,j] := Σₚ a[b,i,p]·b[b,p,j]`: matrices by any strides, so transposes are free.
///
/// `a`, `b`, `c`: shapes `[B, M, K]`, `[B, K, N]`, `[B, M, N]`, one axis of batches.
package struct GemmCall: KernelCall {
  package var a: View
  package var b: View
  package var c: View

  package init(a: View, b: View, c: View) {
    (self.a, self.b, self.c) = (a, b, c)
  }

  private var batch: Int { c.shape[0] }
  private var m: Int { c.shape[1] }
  private var n: Int { c.shape[2] }
  private var k: Int { a.shape[2] }

  package var kernelName: String { "gemm" }
  package var reads: [View] { [a, b] }
  package var writes: [View] { [c] }

  package var cost: Cost {
    let elements = batch * (m * k + k * n + m * n)
    return Cost(
      flops: 2 * Double(batch) * Double(m) * Double(n) * Double(k),
      bytes: Double(elements * c.dtype.size))
  }

  package var workspaceBytes: Int {
    tm_gemm_workspace(Int64(m), Int64(n), Int64(k), c.dtype.kernelType)
  }

  /// Axes: rows of all batches together or, in a single matrix, rows and columns.
  package func tiles(atMost count: Int) -> [Tile] {
    if batch > 1 {
      return split(batch, into: count).map { Tile($0, 0..<n) }
    }
    // Each cut of the rows packs b once more, each of the columns a: take the cheapest pair.
    var best = (rows: 1, columns: 1, cost: Double.infinity)
    for rows in 1...max(count, 1) {
      let columns = count / rows
      guard columns > 0 else { break }
      let rowTiles = split(m, into: rows, grain: Self.rowGrain).count
      let columnTiles = split(n, into: columns, grain: Self.columnGrain).count
      let compute = Double(m) * Double(n) / Double(max(rowTiles * columnTiles, 1))
      let packing =
        12 * (Double(m) / Double(max(rowTiles, 1)) + Double(n) / Double(max(columnTiles, 1)))
      if compute + packing < best.cost { best = (rows, columns, compute + packing) }
    }
    let columns = split(n, into: best.columns, grain: Self.columnGrain)
    return split(m, into: best.rows, grain: Self.rowGrain).flatMap { rows in
      columns.map { Tile(rows, $0) }
    }
  }

  private static let rowGrain = 14
  private static let columnGrain = 32

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    if batch > 1 {
      return (
        [a.sliced(axis: 0, tile.first), b.sliced(axis: 0, tile.first)],
        [c.sliced(axis: 0, tile.first)]
      )
    }
    return (
      [a.sliced(axis: 1, tile.first), b.sliced(axis: 2, tile.second)],
      [c.sliced(axis: 1, tile.first).sliced(axis: 2, tile.second)]
    )
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.gemm }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    let (reads, writes) = touched(by: tile)
    let (a, b, c) = (reads[0], reads[1], writes[0])
    var arguments = tm_gemm_arguments()
    arguments.a = encoder.reference(to: a)
    arguments.b = encoder.reference(to: b)
    arguments.c = encoder.reference(to: c)
    arguments.batch = Int64(c.shape[0])
    arguments.m = Int64(c.shape[1])
    arguments.n = Int64(c.shape[2])
    arguments.k = Int64(k)
    (arguments.a_batch_stride, arguments.a_row_stride, arguments.a_column_stride) = Self.strides(a)
    (arguments.b_batch_stride, arguments.b_row_stride, arguments.b_column_stride) = Self.strides(b)
    (arguments.c_batch_stride, arguments.c_row_stride, _) = Self.strides(c)
    arguments.type = c.dtype.kernelCode
    return encoder.store(arguments)
  }

  private static func strides(_ view: View) -> (Int64, Int64, Int64) {
    (Int64(view.strides[0]), Int64(view.strides[1]), Int64(view.strides[2]))
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> GemmCall {
    var call = self
    call.a.buffer = replacement(a.buffer)
    call.b.buffer = replacement(b.buffer)
    call.c.buffer = replacement(c.buffer)
    return call
  }
}
