import Testing
import TidemillGraph
import TidemillPlanning

@Suite("Schedules")
struct ScheduleTests {
  @Test("As short as the best of all orders, and proven to be", arguments: 1...5)
  func exhaustive(_ processors: Int) throws {
    var ratios: [Double] = []
    for seed in 0..<120 {
      var random = TestGenerator(1000 * processors + seed)
      let tasks = RandomTasks.small(&random)
      let problem = try tasks.problem(processors)
      let schedule = try verified(problem)
      let least = exhaustiveMakespan(problem)
      ratios.append(least == 0 ? 1 : Double(schedule.makespan) / Double(least))
      #expect(schedule.makespan == least, "seed \(seed): \(tasks)")
      #expect(schedule.isOptimal, "seed \(seed): \(tasks)")
    }
    #expect(ratios.reduce(0, +) / Double(ratios.count) == 1)
  }

  @Test("A list schedule alone is at most (2 - 1/P) times as long as the best", arguments: 1...4)
  func graham(_ processors: Int) throws {
    for seed in 0..<60 {
      var random = TestGenerator(9000 + 1000 * processors + seed)
      let problem = try RandomTasks.small(&random).problem(processors)
      // Nothing else is made after the deadline.
      let schedule = problem.scheduled(deadline: Deadline(seconds: 0))
      try ScheduleVerifier.check(schedule, of: problem)
      let least = exhaustiveMakespan(problem)
      #expect(
        processors * schedule.makespan <= (2 * processors - 1) * least, "seed \(seed): \(problem)")
    }
  }

  @Test("The search to the end alone tells what is in reach and what is not", arguments: 1...4)
  func reach(_ processors: Int) throws {
    for seed in 0..<120 {
      var random = TestGenerator(7000 + 1000 * processors + seed)
      let tasks = RandomTasks.small(&random)
      let problem = try tasks.problem(processors)
      let least = exhaustiveMakespan(problem)
      #expect(problem.isReachable(least, nodes: 100_000) == true, "seed \(seed): \(tasks)")
      if least > 0 {
        #expect(problem.isReachable(least - 1, nodes: 100_000) == false, "seed \(seed): \(tasks)")
      }
    }
  }

  /// Seven of 22 tasks of 3 fit on each of three processors in a time of 22. There are four million sets of equal tasks that
  /// may have started; of those that could take each other's place the search starts the first alone.
  @Test("Of equal tasks one order is looked at")
  func equalTasks() throws {
    let problem = try ScheduleProblem(
      times: Array(repeating: 3, count: 22), predecessors: Array(repeating: [], count: 22),
      processors: 3)
    #expect(problem.isReachable(22, nodes: 1_000) == false)
    #expect(problem.isReachable(24, nodes: 1_000) == true)
  }

  @Test("Most searches for what is out of reach end within a hundred steps")
  func steps() throws {
    var ended = 0
    for seed in 0..<200 {
      var random = TestGenerator(11_000 + seed)
      let problem = try RandomTasks.layers(&random, count: 18, times: [3, 5]).problem(3)
      let least = problem.scheduled(deadline: Deadline(seconds: 20)).makespan
      if problem.isReachable(least - 1, nodes: 100) != nil { ended += 1 }
    }
    #expect(ended >= 180, "\(ended) of 200")
  }

  /// On graphs like these a list by bottom levels alone ends up to 10 % above the optimum.
  @Test("Graphs of 50 to 300 tasks whose optimum is known by construction", arguments: 0..<40)
  func known(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let count = [50, 100, 200, 300][seed % 4]
    let processors = [2, 4, 8, 16][seed / 4 % 4]
    let length = 10 * count / processors
    let tasks = RandomTasks.rectangle(
      &random, count: count, processors: processors, length: length,
      edges: [0, 0.5, 2, 8, 32][seed / 16 % 5])
    let problem = try tasks.problem(processors)
    let schedule = problem.scheduled(deadline: Deadline(seconds: 20))
    try ScheduleVerifier.check(schedule, of: problem)
    #expect(schedule.makespan <= length + length / 100, "seed \(seed)")
    #expect(schedule.lowerBound == length, "seed \(seed)")
  }

  @Test("Where a processor has to wait for a better task, the schedule waits")
  func waiting() throws {
    // A list schedule starts task 0 at once, and task 3 has to wait for it: 18.
    let problem = try ScheduleProblem(
      times: [3, 1, 10, 10, 5], predecessors: [[], [], [1], [1], [2, 3]], processors: 2)
    #expect(try verified(problem).makespan == 16)
  }

  @Test("Nothing to do, no time, one task, more processors than tasks, and long times")
  func edges() throws {
    #expect(try verified(ScheduleProblem(times: [], predecessors: [], processors: 3)).makespan == 0)
    #expect(
      try verified(ScheduleProblem(times: [0, 0], predecessors: [[1], []], processors: 1)).makespan
        == 0)
    #expect(
      try verified(ScheduleProblem(times: [7], predecessors: [[]], processors: 9)).makespan == 7)
    let chain = try ScheduleProblem(
      times: [1, 0, 2, 0], predecessors: [[1], [], [0, 0], [2]], processors: 1 << 20)
    #expect(try verified(chain).makespan == 3)
    let long = ScheduleProblem.mostTime / 4
    let four = try ScheduleProblem(
      times: [long, long, long - 1], predecessors: [[], [], []], processors: 2)
    #expect(try verified(four).makespan == 2 * long - 1)
  }

  @Test("100,000 tasks get a list schedule in time, and a chain of them does not go deep")
  func large() throws {
    var random = TestGenerator(5)
    let times = (0..<100_000).map { _ in Int.random(in: 1...20, using: &random) }
    let predecessors = times.indices.map { task in
      task == 0 ? [] : [task - 1 - Int.random(in: 0..<min(task, 300), using: &random)]
    }
    let wide = try ScheduleProblem(times: times, predecessors: predecessors, processors: 64)
    try ScheduleVerifier.check(wide.scheduled(deadline: Deadline(seconds: 0)), of: wide)
    let chain = try ScheduleProblem(
      times: times, predecessors: times.indices.map { $0 == 0 ? [] : [$0 - 1] }, processors: 2)
    #expect(try verified(chain).makespan == times.reduce(0, +))
  }

  @Test("What makes no sense is refused, with the task")
  func refusals() {
    func message(_ times: [Int], _ predecessors: [[Int]], _ processors: Int = 1) -> String {
      do {
        _ = try ScheduleProblem(
          times: times, predecessors: predecessors, processors: processors)
      } catch { return "\(error)" }
      return ""
    }
    #expect(message([1], [[]], 0).contains("1 processor or more"))
    #expect(message([1, -1], [[], []]).contains("Task 1 takes -1"))
    #expect(message([1, 1], [[], [2]]).contains("Task 1 waits for 2"))
    #expect(message([1], [[-1]]).contains("Task 0 waits for -1"))
    #expect(message([1], []).contains("1 tasks have 0 lists"))
    #expect(message([1], [[0]]).contains("circle: 0."))
    #expect(message([1, 1, 1, 1], [[], [3, 0], [1], [2]]).contains("circle: 2, 3, 1."))
    #expect(message([.max, 1], [[], []]).contains("2^50"))
    #expect(message([1 << 49, 1 << 49], [[], []]).contains("2^50 or more at task 1"))
    #expect(message([1, 2], [[], [0, 0]]).isEmpty)
  }

  private func verified(_ problem: ScheduleProblem) throws -> TaskSchedule {
    let schedule = problem.scheduled()
    try ScheduleVerifier.check(schedule, of: problem)
    return schedule
  }
}
