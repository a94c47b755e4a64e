import CKernels

/// `c[b,i,j] := Σₚ a[b,i,p]·b[b,p,j]`: matrices by any strides, so transposes are free.
///
/// `a` and `b` are of the type of `c`, or bfloat16 where that is float32.
/// `a`, `b`, `c`: shapes `[B, M, K]`, `[B, K, N]`, `[B, M, N]`, one axis of batches. With an epilogue the results are
/// its outputs, and `c` is where sums wait between two blocks of depth, if there are two.
package struct GemmCall: KernelCall {
  package var a: View
  package var b: View
  package var c: View
  package var epilogue: GemmEpilogue?
  private let blocks: GemmBlocks
  /// Whether all of its depth is walked at once, though that is more than the caches are best at.
  private let isInOnePiece: Bool

  package init(
    a: View, b: View, c: View, epilogue: GemmEpilogue? = nil, blocks: GemmBlocks = .standard,
    isInOnePiece: Bool = false
  ) {
    (self.a, self.b, self.c, self.epilogue, self.blocks) = (a, b, c, epilogue, blocks)
    self.isInOnePiece = isInOnePiece
  }

  private var batch: Int { c.shape[0] }
  private var m: Int { c.shape[1] }
  private var n: Int { c.shape[2] }
  private var k: Int { a.shape[2] }

  package var kernelName: String { a.dtype == .bfloat16 ? "gemm_bf16" : "gemm" }
  package var reads: [View] { [a, b] + (epilogue?.reads ?? []) }

  package var writes: [View] {
    guard let epilogue else { return [c] }
    let isOutput = epilogue.outputs.contains { $0.view.buffer == c.buffer }
    return epilogue.outputs.map(\.view) + (sumsWait && !isOutput ? [c] : [])
  }

  /// Whether the product is so deep that sums are kept in memory.
  private var sumsWait: Bool { k > tm_gemm_depth(a.dtype.kernelType, blocks.kernelBlocks) }

  package var cost: Cost {
    let operands = batch * (m * k + k * n) * a.dtype.size
    let result = epilogue == nil ? c.count * c.dtype.size : 0
    var product = Cost(
      flops: 2 * Double(batch) * Double(m) * Double(n) * Double(k),
      bytes: Double(operands + result))
    if isInOnePiece { product.extraSeconds = product.seconds / 10 }
    return epilogue.map { product + $0.cost(count: c.count) } ?? product
  }

  package var workspaceBytes: Int {
    tm_gemm_workspace(
      Int64(m), Int64(n), Int64(k), a.dtype.kernelType, UInt32(epilogue?.registerCount ?? 0),
      blocks.kernelBlocks)
  }

  /// An operand of the epilogue, as its tile is read before it is written. Where sums wait for the last block of depth,
  /// they may do so in a result, over whatever lies there.
  package func mayWriteInPlace(ofRead read: Int) -> Bool {
    guard read >= 2, !sumsWait else { return false }
    return reads[read].isContiguous && reads[read].count == c.count
  }

  /// Axes: batches and columns or, in a single matrix, rows and columns.
  package func tiles(atMost count: Int) -> [Tile] {
    if batch > 1 {
      let columns = split(n, into: max(count / batch, 1), grain: Self.columnGrain)
      return split(batch, into: count).flatMap { batches in columns.map { Tile(batches, $0) } }
    }
    if isShallow {
      // What it writes bounds it: whole rows are written one after the other, parts of rows are not.
      let rows = split(m, into: count)
      let columns = split(n, into: count / max(rows.count, 1), grain: Self.columnGrain)
      return rows.flatMap { rows in columns.map { Tile(rows, $0) } }
    }
    // Each cut of the rows packs b once more, each of the columns a: take the cheapest pair.
    var best = (rows: 1, columns: 1, cost: Double.infinity)
    for rows in 1...max(count, 1) {
      let columns = count / rows
      guard columns > 0 else { break }
      var cost = cost(rows: rows, columns: columns)
      // Weights are read by columns in the forward pass: who updates the same ones has them near.
      if rows == 1, epilogue?.isUpdate == true { cost *= 0.95 }
      // Of two that are equal, fewer columns: rows stay with whoever made them, columns of weights are everybody's.
      let isEqual = cost == best.cost && best.rows > 1 && columns > 1
      if cost < best.cost || isEqual { best = (rows, columns, cost) }
    }
    let columns = split(n, into: best.columns, grain: Self.columnGrain)
    return split(m, into: best.rows, grain: Self.rowGrain).flatMap { rows in
      columns.map { Tile(rows, $0) }
    }
  }

  private var isShallow: Bool {
    k <= Int(TM_GEMM_SHALLOW) && b.strides[2] == 1 && a.dtype != .bfloat16
  }

  /// Multiply-adds of a tile, and what packing its operands takes.
  private func cost(rows: Int, columns: Int) -> Double {
    let rowTiles = Double(max(split(m, into: rows, grain: Self.rowGrain).count, 1))
    let columnTiles = Double(max(split(n, into: columns, grain: Self.columnGrain).count, 1))
    let compute = Double(k) * Double(m) * Double(n) / (rowTiles * columnTiles)
    return compute + 12 * Double(k) * (Double(m) / rowTiles + Double(n) / columnTiles)
  }

  package func work(of tile: Tile) -> Work {
    let part = part(tile)
    var work = Work(.product)
    work.product = Work.Product(batch: part.batch, m: part.m, n: part.n, k: k, dtype: a.dtype)
    // The operations of a form take less than its operands do to come.
    if let epilogue, epilogue.form == nil {
      work.add(epilogue.code, count: Double(part.c.count), of: c.dtype)
    }
    return work
  }

  private static let rowGrain = 14
  private static let columnGrain = 32

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    let part = part(tile)
    return (part.reads, part.writes)
  }

  /// The product of a tile.
  private func part(_ tile: Tile) -> GemmCall {
    if batch > 1 {
      return mapping(
        a: { $0.sliced(axis: 0, tile.first) },
        b: { $0.sliced(axis: 0, tile.first).sliced(axis: 2, tile.second) },
        c: { $0.sliced(axis: 0, tile.first).sliced(axis: 2, tile.second) })
    }
    return mapping(
      a: { $0.sliced(axis: 1, tile.first) }, b: { $0.sliced(axis: 2, tile.second) },
      c: { $0.sliced(axis: 1, tile.first).sliced(axis: 2, tile.second) })
  }

  /// The same call on other views; those of the epilogue are changed as `c` is.
  private func mapping(a: (View) -> View, b: (View) -> View, c: (View) -> View) -> GemmCall {
    GemmCall(
      a: a(self.a), b: b(self.b), c: c(self.c), epilogue: epilogue?.mapping(c), blocks: blocks,
      isInOnePiece: isInOnePiece)
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel {
    a.dtype == .bfloat16 ? table.gemm_bf16 : table.gemm
  }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    let part = part(tile)
    let (a, b, c) = (part.a, part.b, part.c)
    var arguments = tm_gemm_arguments()
    arguments.a = encoder.reference(to: a)
    arguments.b = encoder.reference(to: b)
    if epilogue == nil || sumsWait { arguments.c = encoder.reference(to: c) }
    arguments.epilogue = part.epilogue.map { epilogue in
      // Where the tile begins among the elements of all products.
      let first = tile.first.lowerBound * (batch > 1 ? m * n : n) + tile.second.lowerBound
      return epilogue.arguments(index: first, rows: m, columns: n, in: encoder)
    }
    arguments.batch = Int64(c.shape[0])
    arguments.m = Int64(c.shape[1])
    arguments.n = Int64(c.shape[2])
    arguments.k = Int64(k)
    (arguments.a_batch_stride, arguments.a_row_stride, arguments.a_column_stride) = Self.strides(a)
    (arguments.b_batch_stride, arguments.b_row_stride, arguments.b_column_stride) = Self.strides(b)
    (arguments.c_batch_stride, arguments.c_row_stride, _) = Self.strides(c)
    arguments.type = a.dtype.kernelCode
    arguments.blocks = blocks.kernelBlocks
    return encoder.store(arguments)
  }

  private static func strides(_ view: View) -> (Int64, Int64, Int64) {
    (Int64(view.strides[0]), Int64(view.strides[1]), Int64(view.strides[2]))
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> GemmCall {
    func replaced(_ view: View) -> View { view.replacing(replacement) }
    return mapping(a: replaced, b: replaced, c: replaced)
  }
}
