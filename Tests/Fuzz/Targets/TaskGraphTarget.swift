import Tidemill
import TidemillPlanning

extension FuzzTarget {
  /// Task graphs: what was read is read again from a text of it alone, and small ones get a schedule that holds.
  static let stg = FuzzTarget("stg") { bytes in
    guard let read = try accepted({ try TaskGraphFile(parsing: bytes, path: "f") }) else { return }
    let again = try TaskGraphFile(parsing: text(read), path: "f")
    try require(
      again.times == read.times && again.predecessors == read.predecessors,
      "another graph when read again")
    // Each number has a byte at least, and one between it and the next.
    let numbers = read.predecessors.reduce(3 * read.times.count) { $0 + $1.count }
    try require(2 * numbers <= bytes.count, "more numbers than the text has")
    for processors in 1...3 {
      let problem = try accepted {
        try ScheduleProblem(
          times: read.times, predecessors: read.predecessors, processors: processors)
      }
      guard let problem else { return }
      try ScheduleVerifier.check(problem.scheduled(deadline: Deadline(seconds: 0)), of: problem)
    }
  }

  private static func text(_ graph: TaskGraphFile) -> [UInt8] {
    let lines = graph.times.indices.map { task in
      let before = graph.predecessors[task]
      return ([task, graph.times[task], before.count] + before).map(\.description)
        .joined(separator: " ")
    }
    return Array(([String(graph.times.count - 2)] + lines).joined(separator: "\n").utf8)
  }
}
