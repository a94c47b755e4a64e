import Tidemill

/// How fast an operation goes over its data.
struct ElementwiseMeasurement: BenchResult {
  let operation: MemoryBoundOperation
  let rows: Int
  let columns: Int
  let threads: Int
  let gbPerSBest: Double
  let gbPerSMedian: Double
  /// The bandwidth of memory for as many threads, right before and after; the larger.
  let triadGBPerS: Double

  /// The best time's share of the bandwidth, above 1 where the data stays in caches.
  var fractionOfTriad: Double { gbPerSBest / triadGBPerS }

  private var bytes: Double { operation.bytes(rows: rows, columns: columns) }

  /// Measures: three repetitions to warm up, then thirty, or twelve where a run moves more than 16
  /// MB; a repetition is as many runs as move 20 MB.
  init(
    _ operation: MemoryBoundOperation, rows: Int, columns: Int, threads: Int,
    bandwidth: MemoryBandwidth
  ) throws {
    let program = try BenchmarkProgram(operation, rows: rows, columns: columns, threads: threads)
    let bytes = operation.bytes(rows: rows, columns: columns)
    let before = bandwidth.measure()
    let times = try RunTimes(inner: Int(2e7 / bytes) + 1, repetitions: bytes > 16e6 ? 12 : 30) {
      try program.run(times: $0)
    }
    self.operation = operation
    self.rows = rows
    self.columns = columns
    self.threads = threads
    gbPerSBest = bytes / times.best / 1e9
    gbPerSMedian = bytes / times.median / 1e9
    triadGBPerS = max(before, bandwidth.measure()) / 1e9
  }

  var cells: [BenchCell] {
    [
      .word("operation", operation.name), .number("rows", "\(rows)"),
      .number("columns", "\(columns)"), .number("GB/s best", NumberText.fixed(gbPerSBest, 1)),
      .number("median", NumberText.fixed(gbPerSMedian, 1)),
      .number("of triad", NumberText.percent(fractionOfTriad, 1)),
    ]
  }

  var fields: [(name: String, value: BenchValue)] {
    [
      ("name", .text(operation.name)), ("rows", .integer(rows)), ("columns", .integer(columns)),
      ("threads", .integer(threads)), ("bytes", .integer(Int(bytes))),
      ("flops", .integer(Int(operation.flopsPerElement) * rows * columns)),
      ("gb_per_s_best", .number(gbPerSBest)), ("gb_per_s_median", .number(gbPerSMedian)),
      ("fraction_of_triad", .number(fractionOfTriad)), ("triad_gb_per_s", .number(triadGBPerS)),
    ]
  }
}
