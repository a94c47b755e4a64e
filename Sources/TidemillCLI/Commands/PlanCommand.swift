import ArgumentParser

/// `tidemill plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Solves problems of memory planning in files.",
    discussion: "Example: tidemill plan offsets buffers.csv --capacity 1048576 --output placed.csv",
    subcommands: [PlanOffsetsCommand.self, PlanRecomputeCommand.self])
}
