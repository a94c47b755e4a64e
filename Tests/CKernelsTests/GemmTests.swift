// Matrix products: the same bits as the oracle for every instruction set, shape, stride and cut.
import CKernels
import Testing

/// One product and the memory it works on.
struct Product<T: KernelElement> {
  var m: Int, n: Int, k: Int
  var batch = 1
  var aStrides: (row: Int, column: Int), bStrides: (row: Int, column: Int)
  var cRow: Int
  var accumulate = false
  var blocks = tm_gemm_blocks(depth_bytes: 2048, rows: 336, columns: 2048)
  var a: [T], b: [T], c: [T]

  static func span(_ rows: Int, _ columns: Int, _ strides: (row: Int, column: Int)) -> Int {
    rows == 0 || columns == 0 ? 0 : (rows - 1) * strides.row + (columns - 1) * strides.column + 1
  }

  /// Row-major, column-major, or neither direction contiguous, with padding that holds NaN.
  ///
  /// - Parameter aRow: The stride of the rows of a, where it is not to be random.
  init(
    m: Int, n: Int, k: Int, batch: Int = 1, aRow: Int? = nil, random: inout Seeded,
    draw: (inout Seeded) -> Double = { $0.uniform(-1, 1) }
  ) {
    func strides(_ rows: Int, _ columns: Int) -> (row: Int, column: Int) {
      let padding = random.below(3)
      switch random.below(3) {
      case 0: return (columns + padding, 1)
      case 1: return (1, rows + padding)
      default: return (2 * columns + padding, 2)
      }
    }
    func poisoned(_ rows: Int, _ columns: Int, _ strides: (row: Int, column: Int)) -> [T] {
      let span = Self.span(rows, columns, strides)
      var values = [T](repeating: T.poison, count: span * batch)
      for l in 0..<batch {
        for i in 0..<rows {
          for j in 0..<columns {
            values[l * span + i * strides.row + j * strides.column] = T(
              number: draw(&random))
          }
        }
      }
      return values
    }
    (self.m, self.n, self.k, self.batch) = (m, n, k, batch)
    aStrides = aRow.map { ($0, 1) } ?? strides(m, k)
    bStrides = strides(k, n)
    cRow = n + random.below(3)
    accumulate = random.below(2) == 1
    a = poisoned(m, k, aStrides)
    b = poisoned(k, n, bStrides)
    c = poisoned(m, n, (cRow, 1))
  }

  var arguments: tm_gemm_arguments {
    tm_gemm_arguments(
      a: ref(0), b: ref(1), c: ref(2), m: Int64(m), n: Int64(n), k: Int64(k), batch: Int64(batch),
      a_row_stride: Int64(aStrides.row), a_column_stride: Int64(aStrides.column),
      a_batch_stride: Int64(a.count / batch),
      b_row_stride: Int64(bStrides.row), b_column_stride: Int64(bStrides.column),
      b_batch_stride: Int64(b.count / batch), c_row_stride: Int64(cRow),
      c_batch_stride: Int64(c.count / batch), epilogue: nil, blocks: blocks,
      type: UInt8(T.code.rawValue),
      accumulate: accumulate)
  }

  /// The result, and whether the surroundings are untouched.
  func run(_ table: Table, _ calls: [tm_gemm_arguments]) -> (values: [T], intact: Bool) {
    let (a, b, c) = (Memory(a), Memory(b), Memory(c))
    for g in calls {
      let workspace = tm_gemm_workspace(g.m, g.n, g.k, T.code, 0, g.blocks)
      Call(memories: [a, b, c], workspace: workspace).run(table, \.gemm, g)
    }
    return (c.values, a.isIntactAround && b.isIntactAround && c.isIntactAround)
  }
}

@Suite struct GemmTests {
  /// Proves: for random shapes around the tiles' edges every table gives the oracle's bits, reads
  /// none of the NaN in the padding, and writes nothing outside c.
  @Test(arguments: Table.vector)
  func matchesTheOracleBitForBit(table: Table) {
    var random = Seeded(11)
    for round in rounds(3000) {
      let (m, n, k) = (random.extent(70), random.extent(80), random.extent(70))
      if round % 3 == 0 {
        check(Product<Double>(m: m, n: n, k: k, batch: 1 + random.below(2), random: &random), table)
      } else {
        check(Product<Float>(m: m, n: n, k: k, batch: 1 + random.below(2), random: &random), table)
      }
    }
  }

  /// Proves the same past the block sizes in depth (512 floats), height (336 rows) and width (2048 columns), for few
  /// columns with many rows, and for a single row.
  @Test(arguments: Table.vector)
  func matchesTheOracleAcrossBlocks(table: Table) {
    var random = Seeded(12)
    for (m, n, k) in [
      (337, 33, 513), (350, 5, 520), (20, 40, 1025), (1, 70, 1500), (3, 300, 600), (340, 2100, 9),
      (1, 2100, 21), (33, 14, 700), (95, 1, 530),
    ] {
      check(Product<Float>(m: m, n: n, k: k, random: &random), table)
      check(Product<Double>(m: m, n: n, k: k, random: &random), table)
    }
  }

  /// Proves the same where rows of a are a multiple of 4 KiB apart, and so are packed.
  @Test(arguments: Table.vector)
  func matchesTheOracleWhereRowsLieOnTopOfEachOther(table: Table) {
    var random = Seeded(17)
    for (m, n, k) in [(5, 40, 1024), (14, 33, 700), (15, 100, 1000), (337, 35, 520), (7, 20, 3)] {
      check(Product<Float>(m: m, n: n, k: k, aRow: 1024, random: &random), table)
      check(Product<Double>(m: m, n: n, k: k, aRow: 1024, random: &random), table)
    }
  }

  private func check<T: KernelElement>(_ p: Product<T>, _ table: Table) {
    let wanted = p.run(.scalar, [p.arguments]), got = p.run(table, [p.arguments])
    let difference = firstDifference(got.values, wanted.values)
    #expect(
      difference == nil && got.intact,
      "\(T.self) \(p.m)x\(p.n)x\(p.k) a \(p.aStrides) b \(p.bStrides) accumulate \(p.accumulate)")
  }

  /// Proves: cutting c into any rectangles, and k into any parts that accumulate, changes no bit, nor do any blocks.
  @Test(arguments: Table.all)
  func anyCutGivesTheSameBits(table: Table) {
    var random = Seeded(13)
    for _ in rounds(table.isa == TM_SCALAR.rawValue ? 20 : 400) {
      let p = Product<Float>(
        m: 1 + random.extent(60), n: 1 + random.extent(70), k: 2 + random.extent(60),
        random: &random)
      let whole = p.run(table, [p.arguments])
      let (row, column, depth) = (
        random.below(p.m + 1), random.below(p.n + 1), random.below(p.k + 1)
      )
      var calls: [tm_gemm_arguments] = []
      for rows in [0..<row, row..<p.m] {
        for columns in [0..<column, column..<p.n] {
          for depths in [0..<depth, depth..<p.k] {
            var g = p.arguments
            (g.m, g.n, g.k) = (Int64(rows.count), Int64(columns.count), Int64(depths.count))
            g.a = ref(
              0,
              offset: 4 * (rows.lowerBound * p.aStrides.row + depths.lowerBound * p.aStrides.column)
            )
            g.b = ref(
              1,
              offset: 4
                * (depths.lowerBound * p.bStrides.row + columns.lowerBound * p.bStrides.column))
            g.c = ref(2, offset: 4 * (rows.lowerBound * p.cRow + columns.lowerBound))
            g.blocks = tm_gemm_blocks(
              depth_bytes: Int32(256 * (1 + random.below(4))), rows: Int32(1 + random.below(40)),
              columns: 32)
            g.accumulate = p.accumulate || depths.lowerBound == depth && depth > 0
            calls.append(g)
          }
        }
      }
      let cut = p.run(table, calls)
      #expect(
        firstDifference(cut.values, whole.values) == nil,
        "\(p.m)x\(p.n)x\(p.k) at \(row),\(column),\(depth)")
    }
  }

  /// Proves: k = 0 gives zeros, or leaves c alone when it accumulates; other empty extents do
  /// nothing.
  @Test(arguments: Table.all)
  func emptyExtents(table: Table) {
    var random = Seeded(14)
    var p = Product<Float>(m: 5, n: 7, k: 0, random: &random)
    p.cRow = 7
    p.c = Array(repeating: 3, count: 35)
    p.accumulate = false
    #expect(p.run(table, [p.arguments]).values == Array(repeating: 0, count: 35))
    p.accumulate = true
    #expect(p.run(table, [p.arguments]).values == p.c)
    for (m, n) in [(0, 7), (5, 0)] {
      let empty = Product<Float>(m: m, n: n, k: 4, random: &random)
      #expect(empty.run(table, [empty.arguments]).intact)
    }
  }

  /// Proves: a part of a product needs no more workspace than the whole, which is what a task is given, whatever the
  /// blocks; whether a product is tall depends on the part.
  @Test func partsNeedNoMoreWorkspace() {
    var random = Seeded(19)
    for round in rounds(20_000) {
      let blocks = tm_gemm_blocks(
        depth_bytes: Int32(256 * (1 + random.below(16))), rows: Int32(14 * (1 + random.below(73))),
        columns: Int32(32 * (1 + random.below(256))))
      let type = [TM_F32, TM_F64, TM_BF16][round % 3]
      let (m, n) = (1 + random.below(800), 1 + random.below(round % 2 == 0 ? 120 : 3000))
      let k = 1 + random.below(6000)
      let (rows, columns) = (1 + random.below(m), 1 + random.below(n))
      let whole = tm_gemm_workspace(Int64(m), Int64(n), Int64(k), type, 0, blocks)
      let part = tm_gemm_workspace(Int64(rows), Int64(columns), Int64(k), type, 0, blocks)
      #expect(part <= whole, "\(rows) of \(m), \(columns) of \(n), \(k): \(type), \(blocks)")
    }
  }

  /// Proves: a transposed operand whose columns are a multiple of 4 KiB apart is copied, where there are many, without
  /// a change of a bit.
  @Test(arguments: Table.all)
  func farColumnsOfTransposedOperands(table: Table) {
    var random = Seeded(20)
    for (m, n, k) in [(5, 256, 300), (15, 257, 260), (337, 256, 270)] {
      var p = Product<Float>(m: m, n: n, k: k, aRow: k, random: &random)
      p.aStrides = (1, 2048)
      p.a = [Float](repeating: .nan, count: (k - 1) * 2048 + m)
      for column in 0..<k {
        for row in 0..<m { p.a[column * 2048 + row] = Float(random.uniform(-1, 1)) }
      }
      let expected = p.run(.scalar, [p.arguments])
      let got = p.run(table, [p.arguments])
      #expect(got.intact)
      #expect(firstDifference(got.values, expected.values) == nil, "\(m)x\(n)x\(k)")
    }
  }
}
