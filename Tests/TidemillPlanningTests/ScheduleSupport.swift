import TidemillPlanning

/// Times and predecessors of a random task graph.
struct RandomTasks {
  var times: [Int]
  var predecessors: [[Int]]

  func problem(_ processors: Int) throws -> ScheduleProblem {
    try ScheduleProblem(times: times, predecessors: predecessors, processors: processors)
  }

  /// Up to nine tasks whose names are in no order, some of which take no time.
  static func small(_ random: inout TestGenerator) -> RandomTasks {
    let count = Int.random(in: 1...9, using: &random)
    let names = Array(0..<count).shuffled(using: &random)
    let longest = [1, 3, 9].randomElement(using: &random) ?? 1
    let density = Int.random(in: 0...5, using: &random)
    var predecessors = [[Int]](repeating: [], count: count)
    for later in 0..<count {
      for earlier in 0..<later where Int.random(in: 0..<10, using: &random) < density {
        predecessors[names[later]].append(names[earlier])
      }
    }
    let times = (0..<count).map { _ in Int.random(in: 0...longest, using: &random) }
    return RandomTasks(times: times, predecessors: predecessors)
  }

  /// Tasks of a few lengths, each behind up to two of those shortly before it.
  static func layers(_ random: inout TestGenerator, count: Int, times: [Int]) -> RandomTasks {
    let predecessors = (0..<count).map { task in
      Set(
        (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
          (max(0, task - 6)..<task).randomElement(using: &random)
        }
      ).sorted()
    }
    return RandomTasks(
      times: (0..<count).map { _ in times.randomElement(using: &random) ?? 1 },
      predecessors: predecessors)
  }

  /// A rectangle of processors and time cut into tasks, with edges from tasks to such as start when they have
  /// ended or later: the least makespan is its length, as no processor ever waits.
  ///
  /// - Parameter edges: How many a task has, about.
  static func rectangle(
    _ random: inout TestGenerator, count: Int, processors: Int, length: Int, edges: Double
  ) -> RandomTasks {
    var cuts = [Set<Int>](repeating: [], count: processors)
    var pieces = processors
    while pieces < count {
      let row = Int.random(in: 0..<processors, using: &random)
      pieces += cuts[row].insert(Int.random(in: 1..<length, using: &random)).inserted ? 1 : 0
    }
    var spans = cuts.flatMap { row in
      let ends = row.sorted() + [length]
      return zip([0] + ends, ends).map { (start: $0, end: $1) }
    }
    spans.shuffle(using: &random)
    let predecessors = spans.map { span in
      spans.indices.filter { other in
        spans[other].end <= span.start
          && Double.random(in: 0..<Double(count), using: &random) < edges
      }
    }
    return RandomTasks(times: spans.map { $0.end - $0.start }, predecessors: predecessors)
  }
}

/// The least makespan of all: tasks start one after the other in the order of their starts, each as soon as
/// its predecessors have ended, a processor is free, and the one before has started.
///
/// Some shortest schedule is found so: its tasks, by their starts, never start earlier here than there.
func exhaustiveMakespan(_ problem: ScheduleProblem) -> Int {
  let count = problem.times.count
  var ends = [Int?](repeating: nil, count: count)
  var best = Int.max
  func start(_ left: Int, _ last: Int, _ free: [Int], _ makespan: Int) {
    guard makespan < best else { return }
    if left == 0 { best = makespan }
    for task in 0..<count where ends[task] == nil {
      let before = problem.predecessors[task].map { ends[$0] }
      guard !before.contains(nil) else { continue }
      let ready = max(before.compactMap(\.self).max() ?? 0, last)
      // What takes no time takes no processor.
      let takesTime = problem.times[task] > 0
      let start0 = takesTime ? max(ready, free[0]) : ready
      let end = start0 + problem.times[task]
      ends[task] = end
      let nowFree = takesTime ? (free.dropFirst() + [end]).sorted() : free
      start(left - 1, start0, nowFree, max(makespan, end))
      ends[task] = nil
    }
  }
  start(count, 0, Array(repeating: 0, count: problem.processors), 0)
  return best
}
