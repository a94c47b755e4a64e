// Products of bfloat16: the oracle's bits for every instruction set, shape, stride and cut, and its error.
import CKernels
import Testing

/// An element of bfloat16.
struct Half: KernelElement, BitwiseCopyable {
  var bits: UInt16
  static var code: tm_dtype { TM_BF16 }
  static var poison: Half { Half(bits: 0x7fd5) }
  init(bits: UInt16) { self.bits = bits }
  /// Towards 0, which is as good as any for numbers drawn at random.
  init(number: Double) { bits = UInt16(truncatingIfNeeded: Float(number).bitPattern >> 16) }
  var number: Double { Double(Float(bitPattern: UInt32(bits) << 16)) }
  var description: String { "\(number)" }
  func sameBits(_ other: Half) -> Bool {
    bits == other.bits || (number.isNaN && other.number.isNaN)
  }
}

/// One product and the memory it works on: as `Product`, whose result is of another type than the operands.
struct HalfProduct {
  var m: Int, n: Int, k: Int, batch: Int
  var aStrides: (row: Int, column: Int), bStrides: (row: Int, column: Int)
  var cRow: Int
  var accumulate: Bool
  var blocks = tm_gemm_blocks(depth_bytes: 2048, rows: 336, columns: 2048)
  var a: [Half], b: [Half], c: [Float]

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
    func poisoned(_ rows: Int, _ columns: Int, _ strides: (row: Int, column: Int)) -> [Half] {
      let span = Product<Float>.span(rows, columns, strides)
      var values = [Half](repeating: .poison, count: span * batch)
      for l in 0..<batch {
        for i in 0..<rows {
          for j in 0..<columns {
            values[l * span + i * strides.row + j * strides.column] = Half(number: draw(&random))
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
    c = [Float](
      repeating: .poison, count: Product<Float>.span(m, n, (cRow, 1)) * batch)
    for l in 0..<batch {
      for i in 0..<m {
        for j in 0..<n { c[l * c.count / batch + i * cRow + j] = Float(draw(&random)) }
      }
    }
  }

  var arguments: tm_gemm_arguments {
    tm_gemm_arguments(
      a: ref(0), b: ref(1), c: ref(2), m: Int64(m), n: Int64(n), k: Int64(k), batch: Int64(batch),
      a_row_stride: Int64(aStrides.row), a_column_stride: Int64(aStrides.column),
      a_batch_stride: Int64(a.count / batch),
      b_row_stride: Int64(bStrides.row), b_column_stride: Int64(bStrides.column),
      b_batch_stride: Int64(b.count / batch), c_row_stride: Int64(cRow),
      c_batch_stride: Int64(c.count / batch), epilogue: nil, blocks: blocks,
      type: UInt8(TM_BF16.rawValue), accumulate: accumulate)
  }

  /// The result, and whether the surroundings are untouched.
  func run(_ table: Table, _ calls: [tm_gemm_arguments]) -> (values: [Float], intact: Bool) {
    let (a, b, c) = (Memory(a), Memory(b), Memory(c))
    for g in calls {
      let workspace = tm_gemm_workspace(g.m, g.n, g.k, TM_BF16, 0, g.blocks)
      Call(memories: [a, b, c], workspace: workspace).run(table, \.gemm_bf16, g)
    }
    return (c.values, a.isIntactAround && b.isIntactAround && c.isIntactAround)
  }

  /// The largest error as a share of the contract's bound, and of results without NaN alone.
  ///
  /// Each multiply-add rounds once, to 2^-24 of a sum of no more than (|a||b|) and c; where subnormals are flushed it
  /// loses less than 2^-126 more, and that much of the other factor for each operand.
  func error(of values: [Float]) -> Double {
    var worst = 0.0
    for l in 0..<batch {
      for i in 0..<m {
        for j in 0..<n {
          let at = l * (c.count / batch) + i * cRow + j
          var exact = accumulate ? Double(c[at]) : 0
          var (size, largest) = (abs(exact), 0.0)
          for p in 0..<k {
            let x = a[l * (a.count / batch) + i * aStrides.row + p * aStrides.column].number
            let y = b[l * (b.count / batch) + p * bStrides.row + j * bStrides.column].number
            exact += x * y
            size += abs(x * y)
            largest = max(largest, abs(x) + abs(y))
          }
          let bound = Double(k) * (size * 0x1p-24 + 0x1p-126 * (1 + largest))
          let difference = abs(Double(values[at]) - exact)
          guard difference.isFinite else { return .infinity }
          worst = max(worst, difference == 0 ? 0 : difference / bound)
        }
      }
    }
    return worst
  }
}

@Suite struct BFloat16GemmTests {
  private func check(_ p: HalfProduct, _ table: Table) {
    let wanted = p.run(.scalar, [p.arguments]), got = p.run(table, [p.arguments])
    let place =
      "\(p.m)x\(p.n)x\(p.k) a \(p.aStrides) b \(p.bStrides) batch \(p.batch) accumulate \(p.accumulate)"
    #expect(firstDifference(got.values, wanted.values) == nil && got.intact, "\(place)")
  }

  /// Proves: for random shapes around the tiles' edges every table gives the oracle's bits, reads none of the NaN in the
  /// padding, and writes nothing outside c.
  @Test(arguments: Table.vector)
  func matchesTheOracleBitForBit(table: Table) {
    var random = Seeded(21)
    for _ in rounds(3000) {
      let (m, n, k) = (random.extent(70), random.extent(80), random.extent(70))
      check(HalfProduct(m: m, n: n, k: k, batch: 1 + random.below(2), random: &random), table)
    }
  }

  /// Proves the same past the block sizes in depth (1024, or 512 as floats), height (168, 336) and width (128, 256,
  /// 2048), for few columns and few rows, and where rows of a are a multiple of 4 KiB apart.
  @Test(arguments: Table.vector)
  func matchesTheOracleAcrossBlocks(table: Table) {
    var random = Seeded(22)
    for (m, n, k) in [
      (169, 33, 1026), (350, 5, 1500), (20, 40, 2049), (1, 300, 1500), (12, 300, 1025),
      (13, 290, 600), (171, 2100, 9), (3, 130, 513), (100, 1, 1030), (33, 8, 2050), (170, 5, 1025),
      (2, 270, 1100),
    ] {
      check(HalfProduct(m: m, n: n, k: k, random: &random), table)
      check(HalfProduct(m: m, n: n, k: k, aRow: 2048 + 2048 * (k / 2049), random: &random), table)
    }
  }

  /// Proves: the error stays below k·2^-24·(|a||b|), with what flushing subnormals adds, against products in Double.
  @Test(arguments: Table.all)
  func errorIsBounded(table: Table) {
    var random = Seeded(23)
    for _ in rounds(table.isa == TM_SCALAR.rawValue ? 100 : 2000) {
      let (m, n, k) = (1 + random.extent(34), 1 + random.extent(66), 1 + random.extent(64))
      let p = HalfProduct(m: m, n: n, k: k, random: &random)
      let error = p.error(of: p.run(table, [p.arguments]).values)
      #expect(error <= 1, "\(m)x\(n)x\(k): \(error)")
    }
  }

  /// Proves: the bound holds where operands and sums are subnormal.
  @Test(arguments: Table.all)
  func errorIsBoundedBelowTheNormalNumbers(table: Table) {
    var random = Seeded(24)
    for power in [-139.0, -130, -126, -70, -66, -63] {
      let p = HalfProduct(m: 15, n: 34, k: 37, random: &random) {
        $0.uniform(-1, 1) * Double(sign: .plus, exponent: Int(power), significand: 1)
      }
      let error = p.error(of: p.run(table, [p.arguments]).values)
      #expect(error <= 1, "2^\(power): \(error)")
    }
  }

  /// Proves: whole numbers whose sums a float holds give exact results.
  @Test(arguments: Table.all)
  func wholeNumbersAreExact(table: Table) {
    var random = Seeded(25)
    for _ in rounds(table.isa == TM_SCALAR.rawValue ? 20 : 300) {
      let (m, n, k) = (1 + random.extent(40), 1 + random.extent(70), random.extent(300))
      let p = HalfProduct(m: m, n: n, k: k, random: &random) { Double($0.below(257) - 128) }
      #expect(p.error(of: p.run(table, [p.arguments]).values) == 0, "\(m)x\(n)x\(k)")
    }
  }

  /// Proves: a NaN or an infinity reaches the results of its row or column, and no others.
  @Test(arguments: Table.all)
  func notANumberStaysInItsRowAndColumn(table: Table) {
    var random = Seeded(26)
    for k in [1, 2, 7, 31] {
      var p = HalfProduct(m: 17, n: 37, k: k, random: &random)
      p.a[4 * p.aStrides.row + (k - 1) * p.aStrides.column] = .poison
      p.b[0 * p.bStrides.row + 20 * p.bStrides.column] = Half(bits: 0x7f80)
      let values = p.run(table, [p.arguments]).values
      for i in 0..<p.m {
        for j in 0..<p.n {
          let value = values[i * p.cRow + j]
          #expect(value.isFinite == (i != 4 && j != 20), "row \(i), column \(j), depth \(k)")
        }
      }
    }
  }

  /// Proves: cutting c into any rectangles, and k into even parts that accumulate, changes no bit, nor do any blocks.
  @Test(arguments: Table.all)
  func anyCutGivesTheSameBits(table: Table) {
    var random = Seeded(27)
    for _ in rounds(table.isa == TM_SCALAR.rawValue ? 20 : 400) {
      let p = HalfProduct(
        m: 1 + random.extent(60), n: 1 + random.extent(70), k: 2 + random.extent(300),
        random: &random)
      let whole = p.run(table, [p.arguments])
      let (row, column) = (random.below(p.m + 1), random.below(p.n + 1))
      let depth = random.below(p.k / 2 + 1) * 2
      var calls: [tm_gemm_arguments] = []
      for rows in [0..<row, row..<p.m] {
        for columns in [0..<column, column..<p.n] {
          for depths in [0..<depth, depth..<p.k] {
            var g = p.arguments
            (g.m, g.n, g.k) = (Int64(rows.count), Int64(columns.count), Int64(depths.count))
            let (top, left, from) = (rows.lowerBound, columns.lowerBound, depths.lowerBound)
            g.a = ref(0, offset: 2 * (top * p.aStrides.row + from * p.aStrides.column))
            g.b = ref(1, offset: 2 * (from * p.bStrides.row + left * p.bStrides.column))
            g.c = ref(2, offset: 4 * (top * p.cRow + left))
            g.blocks = tm_gemm_blocks(
              depth_bytes: Int32(256 * (1 + random.below(4))), rows: Int32(1 + random.below(40)),
              columns: 32)
            g.accumulate = p.accumulate || from == depth && depth > 0
            calls.append(g)
          }
        }
      }
      #expect(
        firstDifference(p.run(table, calls).values, whole.values) == nil,
        "\(p.m)x\(p.n)x\(p.k) at \(row),\(column),\(depth)")
    }
  }

  /// Proves: k = 0 gives zeros, or leaves c alone when it accumulates; other empty extents do nothing.
  @Test(arguments: Table.all)
  func emptyExtents(table: Table) {
    var random = Seeded(28)
    var p = HalfProduct(m: 5, n: 7, k: 0, random: &random)
    p.cRow = 7
    p.c = Array(repeating: 3, count: 35)
    p.accumulate = false
    #expect(p.run(table, [p.arguments]).values == Array(repeating: 0, count: 35))
    p.accumulate = true
    #expect(p.run(table, [p.arguments]).values == p.c)
    for (m, n) in [(0, 7), (5, 0)] {
      let empty = HalfProduct(m: m, n: n, k: 4, random: &random)
      #expect(empty.run(table, [empty.arguments]).intact)
    }
  }

  /// Proves: operands that end (or begin) right at an inaccessible page are never read or written past it.
  @Test(arguments: Table.all)
  func staysInsideGuardPages(table: Table) {
    var random = Seeded(29)
    let operands = GuardedOperands()
    for round in rounds(600) {
      let (m, n, k) = (1 + random.extent(50), 1 + random.extent(60), 1 + random.extent(60))
      let p = HalfProduct(m: m, n: n, k: k, random: &random)
      let got = operands.result(
        table, \.gemm_bf16, p.arguments, p.a, p.b, p.c, atEnd: round % 2 == 0)
      #expect(firstDifference(got, p.run(.scalar, [p.arguments]).values) == nil, "\(m)x\(n)x\(k)")
    }
  }
}
