import ArgumentParser
import Tidemill

/// `tidemill bench gemm`
struct BenchGemmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Measures matrix products, and the arithmetic peak beside them.",
    discussion: """
      Example: tidemill bench gemm --shapes shapes.txt --threads 2 --format csv

      A line of the file is 'transA transB M N K', such as 'N T 64 256 784': B is stored as 256 rows \
      of 784 numbers. The peak is fused multiply-adds on registers, on as many threads, right before \
      and after each product. JSON is an array with an object for each shape.
      """)

  @Option(
    help: ArgumentHelp(
      "A file of shapes, or - for standard input. Without it, a list that networks use.",
      valueName: "file"))
  var shapes: String?

  @OptionGroup var threads: ThreadsOption

  @Option(help: "The type of the numbers: f32, f64 or bf16.")
  var dtype = GemmType.f32

  @OptionGroup var format: BenchFormatOption

  func run() throws {
    let shapes =
      try self.shapes.map { try ShapesFile.read($0, dtype: dtype.dtype) }
      ?? MatrixProductShape.common
    let options = try CompileOptions(threads: threads.threads)
    let peak = try ArithmeticPeak(
      dtype.peakNumbers, threads: options.threads, instructionSet: options.instructionSet)
    var results: [GemmMeasurement] = []
    for shape in shapes {
      if Terminal.current.isLive { try Output.live("\(shape) …") }
      results.append(
        try GemmMeasurement(shape, dtype, threads: options.threads, peak: peak))
    }
    try Output.clearLiveLine()
    let best = NumberText.fixed(results.map(\.peakGflops).max() ?? 0, 1)
    try BenchOutput.write(
      results, format.format,
      notes: [
        "C = A B, \(dtype), \(options.instructionSet), threads: \(options.threads).",
        "The peak, measured beside each shape, was \(best) GFLOP/s at best.",
      ])
  }
}
