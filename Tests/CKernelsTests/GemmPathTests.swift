// Products by the paths that their shapes take: how far each is from the truth, and what memory it touches.
import CKernels
import Testing

/// Shapes that take one path of the table in vector/gemm/paths.h, around its edges.
enum PathFamily: CaseIterable, CustomTestStringConvertible {
  case tiny, row, fewRows, shallow, narrow, tall, blocks, wide, deep, apart

  var testDescription: String { "\(self)" }

  /// Rows, columns and depth; and how far the rows of a are apart, where that is what counts.
  func shape(_ random: inout Seeded) -> (m: Int, n: Int, k: Int, aRow: Int?) {
    func near(_ size: Int, _ distance: Int = 2) -> Int {
      max(1, size + random.below(2 * distance + 1) - distance)
    }
    switch self {
    case .tiny: return (1 + random.below(34), 1 + random.below(34), 1 + random.below(34), nil)
    case .row: return (near(1, 1), 1 + random.below(600), 1 + random.below(90), nil)
    case .fewRows: return (1 + random.below(17), 1 + random.below(300), 30 + random.below(120), nil)
    case .shallow: return (1 + random.below(80), 1 + random.below(700), near(5, 4), nil)
    case .narrow: return (near(32, 60), 1 + random.below(16), 20 + random.below(200), nil)
    case .tall: return (near(337, 3), 15 + random.below(60), 8 + random.below(60), nil)
    case .blocks: return (near(90, 60), near(80, 50), 33 + random.below(100), nil)
    case .wide: return (5 + random.below(36), 100 + random.below(300), 20 + random.below(80), nil)
    case .deep: return (1 + random.below(20), 20 + random.below(40), near(515, 10), nil)
    case .apart: return (near(20, 10), 30 + random.below(260), near(240, 30), 1024)
    }
  }
}

/// The truth, and what the error of a product is measured by.
protocol ProductElement: KernelElement, BinaryFloatingPoint {
  /// 2^-24 or 2^-53.
  static var unit: Double { get }
  /// A sum of products, and how far from its truth it may be itself.
  static func sum(_ terms: some Sequence<(Double, Double)>) -> Double
}

extension Float: ProductElement {
  static var unit: Double { 0x1p-24 }
  /// Products of floats are exact in Double.
  static func sum(_ terms: some Sequence<(Double, Double)>) -> Double {
    terms.reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Double: ProductElement {
  static var unit: Double { 0x1p-53 }
  /// In twice the precision.
  ///
  /// **Source**: Ogita, Rump, Oishi: Accurate sum and dot product, SIAM J. Sci. Comput. 26, 2005.
  static func sum(_ terms: some Sequence<(Double, Double)>) -> Double {
    var (high, low) = (0.0, 0.0)
    for (x, y) in terms {
      let product = x * y
      let sum = high + product
      let part = sum - high
      low += ((high - (sum - part)) + (product - part)) + (-product).addingProduct(x, y)
      high = sum
    }
    return high + low
  }
}

extension Product where T: ProductElement {
  /// The largest error as a share of k·2^-24·(|a||b|), or 2^-53; with what was in c counted as one more term.
  func error(of values: [T]) -> Double {
    var worst = 0.0
    for l in 0..<batch {
      for i in 0..<m {
        for j in 0..<n {
          let at = l * (c.count / batch) + i * cRow + j
          var terms = (0..<k).map { p in
            (
              Double(a[l * (a.count / batch) + i * aStrides.row + p * aStrides.column]),
              Double(b[l * (b.count / batch) + p * bStrides.row + j * bStrides.column])
            )
          }
          if accumulate { terms.append((Double(c[at]), 1)) }
          let size = terms.reduce(0) { $0 + abs($1.0 * $1.1) }
          let difference = abs(Double(values[at]) - T.sum(terms))
          guard difference.isFinite else { return .infinity }
          worst = max(
            worst, difference == 0 ? 0 : difference / (Double(terms.count) * T.unit * size))
        }
      }
    }
    return worst
  }
}

/// One product of a family: what both element types and bfloat16 have in common.
private struct Trial {
  let shape: (m: Int, n: Int, k: Int, aRow: Int?)
  let batch: Int
  /// Blocks as small as they may be; `nil`: those of a usual core.
  let blocks: tm_gemm_blocks?
  /// Whether all numbers are whole, so that results are exact.
  let isWhole: Bool
  /// Whether operands end at an inaccessible page, or begin there.
  let atEnd: Bool

  init(_ family: PathFamily, _ round: Int, _ random: inout Seeded) {
    shape = family.shape(&random)
    batch = round % 8 == 0 ? 2 : 1
    isWhole = round % 3 == 2
    atEnd = round % 4 < 2
    blocks =
      round % 2 == 1
      ? nil
      : tm_gemm_blocks(
        depth_bytes: Int32(256 * (1 + random.below(8))),
        rows: Int32(1 + random.below(shape.m < 60 ? 16 : 90)),
        columns: Int32(32 * (1 + random.below(10))))
  }

  func draw(_ random: inout Seeded) -> Double {
    isWhole ? Double(random.below(17) - 8) : random.uniform(-1, 1)
  }

  func expect(_ error: Double, _ place: String) {
    #expect(
      isWhole ? error == 0 : error <= 1, "\(shape.m)x\(shape.n)x\(shape.k) \(place): \(error)")
  }
}

@Suite struct GemmPathTests {
  private func each(
    _ family: PathFamily, _ table: Table, _ body: (Trial, GuardedOperands, inout Seeded) -> Void
  ) {
    let operands = GuardedOperands(bytes: 4 << 20)
    var random = Seeded(31)
    for round in rounds(table.isa == TM_SCALAR.rawValue ? 20 : 60) {
      body(Trial(family, round, &random), operands, &random)
    }
  }

  private func check<T: ProductElement & BitwiseCopyable>(
    _: T.Type, _ family: PathFamily, _ table: Table
  ) {
    each(family, table) { trial, operands, random in
      let (m, n, k, aRow) = trial.shape
      var p = Product<T>(
        m: m, n: n, k: k, batch: trial.batch, aRow: aRow, random: &random, draw: trial.draw)
      p.blocks = trial.blocks ?? p.blocks
      let got = operands.result(
        table, \.gemm, p.arguments, p.a, p.b, p.c, atEnd: trial.atEnd)
      trial.expect(p.error(of: got), "\(T.self) a \(p.aStrides) b \(p.bStrides)")
    }
  }

  /// Proves: on each path the error is below k·2^-24·(|a||b|), against sums in Double; whole numbers give exact results;
  /// NaN in the padding is not read, and no page before or behind an operand is touched.
  @Test(arguments: PathFamily.allCases, Table.all)
  func float32(family: PathFamily, table: Table) { check(Float.self, family, table) }

  /// Proves the same with 2^-53, against sums in twice the precision.
  @Test(arguments: PathFamily.allCases, Table.all)
  func float64(family: PathFamily, table: Table) { check(Double.self, family, table) }

  /// Proves the same of bfloat16 with float32 sums.
  @Test(arguments: PathFamily.allCases, Table.all)
  func bfloat16(family: PathFamily, table: Table) {
    each(family, table) { trial, operands, random in
      let (m, n, k, aRow) = trial.shape
      var p = HalfProduct(
        m: m, n: n, k: k, batch: trial.batch, aRow: aRow.map { 2 * $0 }, random: &random,
        draw: trial.draw)
      p.blocks = trial.blocks ?? p.blocks
      let got = operands.result(
        table, \.gemm_bf16, p.arguments, p.a, p.b, p.c, atEnd: trial.atEnd)
      trial.expect(p.error(of: got), "a \(p.aStrides) b \(p.bStrides)")
    }
  }
}
