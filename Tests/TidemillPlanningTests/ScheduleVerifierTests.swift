import Testing
import TidemillPlanning

@Suite("Schedule verifier")
struct ScheduleVerifierTests {
  @Test("Sees every schedule that is broken at random", arguments: 0..<300)
  func mutations(_ seed: Int) throws {
    var random = TestGenerator(seed)
    var tasks = RandomTasks.small(&random)
    tasks.times = tasks.times.map { max($0, 1) }
    let problem = try tasks.problem(2)
    var schedule = problem.scheduled()
    try ScheduleVerifier.check(schedule, of: problem)
    let task = Int.random(in: tasks.times.indices, using: &random)
    switch seed % 8 {
    case 0: schedule.starts[task] = -1
    case 1: schedule.processors[task] = [-1, 2].randomElement(using: &random) ?? 2
    case 2: schedule.starts.removeLast()
    case 3: schedule.makespan += 1
    case 4: schedule.lowerBound = schedule.makespan + 1
    case 5: schedule.starts[task] = .max
    case 6:
      // Before the end of what it waits for, and on a processor of its own.
      guard let before = problem.predecessors[task].randomElement(using: &random) else { return }
      schedule.starts[task] = schedule.starts[before] + tasks.times[before] - 1
      schedule.processors[task] = 1 - schedule.processors[before]
    default:
      // Beside another one on the same processor, where no edge is between the two.
      let others = tasks.times.indices.filter { $0 != task }
      guard let other = others.randomElement(using: &random) else { return }
      schedule.starts[task] = schedule.starts[other]
      schedule.processors[task] = schedule.processors[other]
    }
    #expect(throws: ScheduleVerifier.Mistake.self, "seed \(seed)") {
      try ScheduleVerifier.check(schedule, of: problem)
    }
  }

  @Test("Names what is wrong")
  func messages() throws {
    let problem = try ScheduleProblem(
      times: [2, 2, 0], predecessors: [[], [], [0]], processors: 2)
    func message(_ starts: [Int], _ processors: [Int], _ makespan: Int = 2) -> String {
      let schedule = TaskSchedule(
        starts: starts, processors: processors, makespan: makespan, lowerBound: 0)
      do { try ScheduleVerifier.check(schedule, of: problem) } catch { return "\(error)" }
      return ""
    }
    #expect(message([0, 0, 2], [0, 1, 0]).isEmpty)
    #expect(message([0, 1, 2], [0, 0, 0], 3).contains("0 and 1 run at once on processor 0"))
    #expect(message([0, 0, 1], [0, 1, 0]).contains("task 2 starts at 1, before task 0 ends at 2"))
    #expect(message([0, 0, 2], [0, 2, 0]).contains("task 1 runs on processor 2 of 2"))
    #expect(message([0, 0, 2], [0, 1, 0], 3).contains("makespan is 2"))
  }
}
