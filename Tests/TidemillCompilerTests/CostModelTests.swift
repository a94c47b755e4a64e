import Testing
import TidemillCompiler
import TidemillGraph

/// What a tile is expected to take.
@Suite struct CostModelTests {
  private static let constants: [CostConstant: Double] = [
    .productDeep: 4e-9, .productShallow: 6e-9, .productNarrow: 10e-9, .productRow: 14e-9,
    .productFloat64: 8e-9, .productBFloat16: 2e-9, .callProduct: 1e-6, .callRows: 2e-6,
    .functionRoot: 3e-9, .functionPower: 5e-9, .row: 7e-9,
  ]

  /// Proves: a multiply-add takes what it takes in so deep a product; more where it is shallow, by the eighth part of what
  /// a depth of 8 adds, and never less; as many times more as lanes are empty where there are up to 14 columns and
  /// enough rows, and what a row takes where there is one. Other types take so many times as long.
  @Test(arguments: [
    // m, n, k, type, nanoseconds for each multiply-add
    (64, 64, 64, DType.float32, 4.25), (64, 64, 8, .float32, 6), (64, 64, 4, .float32, 8),
    (1, 64, 64, .float32, 14), (1, 5, 2, .float32, 14), (2, 5, 16, .float32, 5),
    (32, 10, 16, .float32, 11), (32, 14, 16, .float32, 11), (32, 15, 16, .float32, 5),
    (31, 10, 16, .float32, 5), (32, 5, 16, .float32, 21), (32, 1, 16, .float32, 101),
    (64, 64, 64, .float64, 8.5), (64, 64, 64, .bfloat16, 2.125), (64, 64, 0, .float32, 9),
  ])
  func products(m: Int, n: Int, k: Int, dtype: DType, each: Double) throws {
    var work = Work(.product)
    work.product = Work.Product(batch: 3, m: m, n: n, k: k, dtype: dtype)
    let seconds = try CostModel(Self.constants).arithmeticSeconds(work)
    let expected = 1e-6 + Double(3 * m * n * k) * each * 1e-9
    #expect(abs(seconds - expected) < 1e-9 * expected, "\(seconds), \(expected)")
  }

  /// Proves: a machine on which shallow products are measured as faster than deep ones has no times below zero.
  @Test func shallowIsNeverLess() throws {
    var constants = Self.constants
    constants[.productShallow] = 1e-9
    var work = Work(.product)
    work.product = Work.Product(m: 64, n: 64, k: 1, dtype: .float32)
    let seconds = try CostModel(constants).arithmeticSeconds(work)
    #expect(abs(seconds - (1e-6 + 4096 * 4e-9)) < 1e-12)
  }

  /// Proves: a call, its rows and the functions of all elements add up, those of 8 bytes counting twice.
  @Test func functionsAndRows() throws {
    var work = Work(.rows)
    work.rows = 5
    work.add(.root, count: 100, of: .float32)
    work.add(.power, count: 10, of: .float64)
    let seconds = try CostModel(Self.constants).arithmeticSeconds(work)
    #expect(abs(seconds - (2e-6 + 35e-9 + 300e-9 + 100e-9)) < 1e-15)
  }

  /// Proves: no constant may be below zero, above a tenth of a second, or no number.
  @Test(arguments: [-1e-12, 0.11, .infinity, .nan]) func whatIsNoTimeIsRefused(value: Double) {
    #expect(throws: TidemillError.self) { try CostModel([.row: value]) }
  }
}
