import Benchmark
import Tidemill

/// Matrix products of the shapes that `tidemill bench gemm` has, on one thread and on all.
let benchmarks: @Sendable () -> Void = {
  for threads in [1, nil] {
    for shape in MatrixProductShape.common {
      let name = threads.map { "\($0) thread" } ?? "all threads"
      // A reading of the clock is for about 20 MFLOP.
      let runs = Int(2e7 / shape.flops) + 1
      Benchmark(
        "\(shape), float32, \(name), \(runs) runs",
        configuration: .init(metrics: [.wallClock, .throughput], maxDuration: .seconds(1))
      ) { benchmark, program in
        for _ in benchmark.scaledIterations { try program.run(times: runs) }
      } setup: {
        try BenchmarkProgram(shape, threads: threads)
      }
    }
  }
}
