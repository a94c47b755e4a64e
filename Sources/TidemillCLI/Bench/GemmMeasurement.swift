import Tidemill

/// How fast a matrix product is.
struct GemmMeasurement: BenchResult {
  let shape: MatrixProductShape
  let dtype: GemmType
  let threads: Int
  let gflopsBest: Double
  let gflopsMedian: Double
  /// The arithmetic peak of as many threads, right before and after; the larger.
  let peakGflops: Double

  /// The best time's share of the peak.
  var fractionOfPeak: Double { gflopsBest / peakGflops }

  /// Measures: three repetitions to warm up, then thirty, or eight of a product of more than 4
  /// GFLOP; a repetition is as many runs as take 20 MFLOP.
  init(_ shape: MatrixProductShape, _ dtype: GemmType, threads: Int, peak: ArithmeticPeak) throws {
    let program = try BenchmarkProgram(shape, dtype: dtype.dtype, threads: threads)
    let before = peak.measure()
    let times = try RunTimes(
      inner: Int(2e7 / shape.flops) + 1, repetitions: shape.flops > 4e9 ? 8 : 30
    ) { try program.run(times: $0) }
    self.shape = shape
    self.dtype = dtype
    self.threads = threads
    gflopsBest = shape.flops / times.best / 1e9
    gflopsMedian = shape.flops / times.median / 1e9
    peakGflops = max(before, peak.measure()) / 1e9
  }

  var cells: [BenchCell] {
    [
      .word("A", MatrixProductShape.letter(shape.transA)),
      .word("B", MatrixProductShape.letter(shape.transB)),
      .number("M", "\(shape.m)"), .number("N", "\(shape.n)"), .number("K", "\(shape.k)"),
      .number("GFLOP/s best", NumberText.fixed(gflopsBest, 1)),
      .number("median", NumberText.fixed(gflopsMedian, 1)),
      .number("of peak", NumberText.percent(fractionOfPeak, 1)),
    ]
  }

  var fields: [(name: String, value: BenchValue)] {
    [
      ("trans_a", .text(MatrixProductShape.letter(shape.transA))),
      ("trans_b", .text(MatrixProductShape.letter(shape.transB))),
      ("m", .integer(shape.m)), ("n", .integer(shape.n)), ("k", .integer(shape.k)),
      ("dtype", .text(dtype.rawValue)), ("threads", .integer(threads)),
      ("gflops_best", .number(gflopsBest)), ("gflops_median", .number(gflopsMedian)),
      ("fraction_of_peak", .number(fractionOfPeak)), ("peak_gflops", .number(peakGflops)),
    ]
  }
}
