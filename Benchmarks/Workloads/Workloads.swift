import Benchmark
import Tidemill

/// A workload's training step, with its data.
struct Step {
  let session: Session
  let data: (input: Tensor, target: Tensor)

  init(_ workload: Workload) throws {
    session = try workload.compiled().session(workload.initialize(seed: 1))
    data = try workload.data(seed: 1)
  }

  func run() throws { blackHole(try session.run(data.input, data.target)) }
}

/// The training steps that `tidemill bench workload` has.
let benchmarks: @Sendable () -> Void = {
  for workload in Workload.all {
    Benchmark(
      "\(workload.name): \(workload.summary)",
      configuration: .init(
        metrics: [.wallClock, .throughput], warmupIterations: 3, maxDuration: .seconds(2))
    ) { benchmark, step in
      for _ in benchmark.scaledIterations { try step.run() }
    } setup: {
      try Step(workload)
    }
  }
}
