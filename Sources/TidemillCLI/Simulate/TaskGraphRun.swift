import Tidemill
import TidemillPlanning

/// What `tidemill simulate --task-graph` does.
struct TaskGraphRun {
  private let path: String
  private let options: TaskGraphOptions
  private let format: OutputFormat

  init(_ path: String, _ options: TaskGraphOptions, _ format: OutputFormat) {
    self.path = path
    self.options = options
    self.format = format
  }

  func run() throws {
    let deadline = Deadline(seconds: options.seconds)
    let clock = ContinuousClock()
    let start = clock.now
    let problem = try TaskGraphFile(path: path).problem(
      processors: options.processors ?? 1, path: path)
    let schedule = problem.scheduled(deadline: deadline)
    do { try ScheduleVerifier.check(schedule, of: problem) } catch {
      throw TidemillError(
        .plan, "The schedule is wrong, which is a defect of the scheduler: \(error).")
    }
    let report = TaskGraphReport(schedule, problem, seconds: (clock.now - start) / .seconds(1))
    var failures = Failures()
    failures.attempt {
      if let output = options.output {
        try AtomicFile.write(Array(Self.table(schedule, problem).utf8), to: output)
      }
    }
    failures.attempt {
      if let gantt = options.gantt { try Self.gantt(schedule, problem).write(to: gantt) }
    }
    switch format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text: try Output.line(report.text)
    }
    try failures.check()
  }

  private static func table(_ schedule: TaskSchedule, _ problem: ScheduleProblem) -> String {
    let rows = schedule.starts.indices.map { task in
      let start = schedule.starts[task]
      return "\(task),\(schedule.processors[task]),\(start),\(start + problem.times[task])\n"
    }
    return "task,processor,start,end\n" + rows.joined()
  }

  private static func gantt(_ schedule: TaskSchedule, _ problem: ScheduleProblem) -> Gantt {
    let tasks = schedule.starts.indices.filter { problem.times[$0] > 0 }
    let rows = (tasks.map { schedule.processors[$0] }.max() ?? 0) + 1
    return Gantt(
      "Makespan \(schedule.makespan)", x: "time", rows: (0..<rows).map { "processor \($0)" },
      tasks.map { task in
        let start = schedule.starts[task]
        return Gantt.Bar(
          row: schedule.processors[task], start: Double(start),
          end: Double(start + problem.times[task]), text: "\(task)")
      })
  }
}

/// What was found, for JSON. Names of fields are stable.
private struct TaskGraphReport: Encodable {
  /// Without the two dummies.
  let tasks: Int
  let processors: Int
  let makespan: Int
  let lowerBound: Int
  let gap: Double
  let isOptimal: Bool
  let seconds: Double

  init(_ schedule: TaskSchedule, _ problem: ScheduleProblem, seconds: Double) {
    tasks = problem.times.count - 2
    processors = problem.processors
    makespan = schedule.makespan
    lowerBound = schedule.lowerBound
    gap = schedule.gap
    isOptimal = schedule.isOptimal
    self.seconds = seconds
  }

  var text: String {
    """
    tasks        \(tasks) on \(processors) \(processors == 1 ? "processor" : "processors")
    makespan     \(makespan)
    lower bound  \(lowerBound)
    gap          \(NumberText.percent(gap))
    time         \(NumberText.fixed(seconds, 2)) s
    """
  }
}
