import ArgumentParser

/// The root of the command line.
struct TidemillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tidemill",
    abstract: "Trains and looks at neural networks on CPUs.",
    discussion: """
      Example: tidemill train --dataset digits --features features.png

      Errors go to standard error. Exit codes: 0 success, 1 an error, 2 a command line that \
      cannot be understood, 3 a plan that does not fit, 130 interrupted. The environment \
      variable TIDEMILL_ISA forces an instruction set; NO_COLOR turns colours off.
      """,
    version: "0.1.0",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, GraphCommand.self,
      ProfileCommand.self, SimulateCommand.self, PlanCommand.self, BenchCommand.self,
      TopologyCommand.self, ExplainCommand.self, InspectCommand.self,
    ])
}
