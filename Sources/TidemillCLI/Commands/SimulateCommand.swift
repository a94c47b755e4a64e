import ArgumentParser
import Tidemill
import TidemillPlanning

/// `tidemill simulate`
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Schedules a task graph on processors that need not be there.",
    usage: "tidemill simulate --task-graph <file.stg> --processors <n> [<options>]",
    discussion: """
      Example: tidemill simulate --task-graph rand0000.stg --processors 4 --gantt schedule.svg

      The file is text, as in the Standard Task Graph Set: the number of tasks without the two dummies, \
      and for each task and dummy a line with its number, its time, how many predecessors it has, and \
      these. What follows a # is passed over. Processors are equal, and communication takes no time. \
      No schedule is shorter than the lower bound that is told with the makespan.
      """)

  @OptionGroup var graph: TaskGraphOptions
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard graph.taskGraph != nil else {
      throw ValidationError("Give a task graph: --task-graph FILE --processors N.")
    }
  }

  func run() throws {
    if let file = graph.taskGraph { try TaskGraphRun(file, graph, format.format).run() }
  }
}
