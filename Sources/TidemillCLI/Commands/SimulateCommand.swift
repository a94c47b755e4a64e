import ArgumentParser
import Tidemill
import TidemillPlanning

/// `tidemill simulate`
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs a training step, or a plain task graph, on a machine that need not be there.",
    usage: """
      tidemill simulate <workload> [--topology <file.xml> | --synthetic <levels>] [<options>]
      tidemill simulate --task-graph <file.stg> --processors <n> [<options>]
      """,
    discussion: """
      Example: tidemill simulate mlp_wide --batch 8192 --synthetic 'core:64 pu:1' --curve scaling.svg
      Example: tidemill simulate --task-graph rand0000.stg --processors 4 --gantt schedule.svg

      A workload is compiled for the machine and its tasks run in virtual time, by the rules of real runs. \
      Without a machine it is this one, and --measure also runs the step. Workloads:
      \(WorkloadArgument.list)

      The file of a task graph is text, as in the Standard Task Graph Set: the number of tasks without the two dummies, \
      and for each task and dummy a line with its number, its time, how many predecessors it has, and \
      these. What follows a # is passed over. Processors are equal, and communication takes no time. \
      No schedule is shorter than the lower bound that is told with the makespan.
      """)

  @Argument(help: "The workload.")
  var name: WorkloadArgument?

  @OptionGroup var workload: WorkloadSimulationOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var graph: TaskGraphOptions
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (graph.taskGraph != nil) != (name != nil) else {
      throw ValidationError("Give a workload, or a task graph: --task-graph FILE --processors N.")
    }
  }

  func run() throws {
    if let file = graph.taskGraph { try TaskGraphRun(file, graph, format.format).run() }
    guard let name else { return }
    try WorkloadSimulationRun(
      workload: name.workload, options: workload, machine: machine, threads: threads.threads,
      gantt: graph.gantt, format: format.format
    ).run()
  }
}
