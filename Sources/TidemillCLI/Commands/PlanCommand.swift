import ArgumentParser

/// `tidemill plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Plans the memory of a workload, or solves problems of memory planning in files.",
    discussion: """
      Example: tidemill plan mlp_wide --budget 60%
      Example: tidemill plan offsets buffers.csv --capacity 1048576 --output placed.csv
      """,
    subcommands: [PlanWorkloadCommand.self, PlanOffsetsCommand.self, PlanRecomputeCommand.self],
    defaultSubcommand: PlanWorkloadCommand.self)
}
