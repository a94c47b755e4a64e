import Tidemill
import TidemillPlanning

/// A text file of a task graph, as the Standard Task Graph Set has them: the number of tasks without the
/// first and the last, which are dummies, and then a line `task time predecessors-count predecessor …`
/// for each, the dummies too. What follows a `#` says nothing here.
///
/// **Source**: Tobita, Kasahara: A standard task graph set for fair evaluation of multiprocessor scheduling
/// algorithms, 2002.
struct TaskGraphFile {
  /// By task, the first dummy being 0.
  private(set) var times: [Int] = []
  /// By task: those that it waits for.
  private(set) var predecessors: [[Int]] = []

  private static let mostBytes = 1 << 25
  /// A list schedule of so many takes a second.
  private static let mostTasks = 500_000

  /// Reads a file.
  ///
  /// - Throws: `file` or `data`, with the line that is wrong and what should be there.
  init(path: String) throws {
    let bytes = try FileReader.contents(of: path, limit: Self.mostBytes)
    var reader = NumberLines(bytes, path: path)
    guard let first = try reader.next() else {
      throw TidemillError(
        .data, "\(path): is empty; the first line is the number of tasks without the two dummies.")
    }
    guard first.numbers.count == 1, first.numbers[0] <= Self.mostTasks else {
      throw first.mistake(
        "must be one number, that of the tasks without the two dummies, from 0 to \(Self.mostTasks)"
      )
    }
    let count = first.numbers[0] + 2
    var lines: [Int: NumberLines.Line] = [:]
    while let line = try reader.next() {
      try Self.check(line, count: count)
      if let other = lines.updateValue(line, forKey: line.numbers[0]) {
        throw line.mistake(
          "is for task \(line.numbers[0]), as line \(other.number) is: give each task one line")
      }
    }
    for task in 0..<count {
      guard let line = lines[task] else {
        throw TidemillError(
          .data,
          "\(path): has no line for task \(task): the first line says \(count - 2) tasks, so lines for "
            + "the tasks 0 to \(count - 1) follow it, the dummies being the first and the last.")
      }
      times.append(line.numbers[1])
      predecessors.append(Array(line.numbers[3...]))
    }
  }

  private static func check(_ line: NumberLines.Line, count: Int) throws {
    let numbers = line.numbers
    guard numbers.count >= 3 else {
      throw line.mistake(
        "has \(numbers.count) numbers; a line is a task, its time, how many predecessors it has, and "
          + "these")
    }
    guard numbers[0] < count else {
      throw line.mistake(
        "is for task \(numbers[0]), but the first line says \(count - 2) tasks, which with the two "
          + "dummies are 0 to \(count - 1)")
    }
    guard numbers[2] == numbers.count - 3 else {
      throw line.mistake(
        "says that task \(numbers[0]) has \(numbers[2]) predecessors, but \(numbers.count - 3) "
          + "numbers follow")
    }
    if let stranger = numbers[3...].first(where: { $0 >= count }) {
      throw line.mistake(
        "names the predecessor \(stranger), but tasks are 0 to \(count - 1)")
    }
  }

  /// The problem of these tasks on a number of processors.
  ///
  /// - Throws: `plan` where tasks wait for each other in a circle, or times are too long.
  func problem(processors: Int, path: String) throws -> ScheduleProblem {
    do {
      return try ScheduleProblem(
        times: times, predecessors: predecessors, processors: processors)
    } catch let error as TidemillError {
      throw TidemillError(error.code, "\(path): \(error.message)")
    }
  }
}
