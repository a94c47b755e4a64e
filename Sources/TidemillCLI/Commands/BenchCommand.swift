import ArgumentParser

/// `tidemill bench`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures how fast the engine is on this machine.",
    discussion: "Example: tidemill bench workload mlp_digits --threads 2 --format json",
    subcommands: [
      BenchWorkloadCommand.self, BenchGemmCommand.self, BenchElementwiseCommand.self,
      BenchMetgCommand.self, BenchWakeCommand.self,
    ])
}
