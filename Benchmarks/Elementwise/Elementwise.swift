import Benchmark
import Tidemill

/// The operations that `tidemill bench elementwise` has, on one thread and on all.
let benchmarks: @Sendable () -> Void = {
  for threads in [1, nil] {
    for rows in [8192, 256] {
      for operation in MemoryBoundOperation.allCases {
        let name = threads.map { "\($0) thread" } ?? "all threads"
        // A reading of the clock is for about 20 MB.
        let runs = Int(2e7 / operation.bytes(rows: rows, columns: 1024)) + 1
        Benchmark(
          "\(operation.name), \(rows) x 1024, \(name), \(runs) runs",
          configuration: .init(metrics: [.wallClock, .throughput], maxDuration: .seconds(1))
        ) { benchmark, program in
          for _ in benchmark.scaledIterations { try program.run(times: runs) }
        } setup: {
          try BenchmarkProgram(operation, rows: rows, columns: 1024, threads: threads)
        }
      }
    }
  }
}
