import TidemillGraph

/// A text file of a task graph, as the Standard Task Graph Set has them: the number of tasks without the
/// first and the last, which are dummies, and then a line `task time predecessors-count predecessor …`
/// for each, the dummies too. What follows a `#` says nothing here.
///
/// **Source**: Tobita, Kasahara: A standard task graph set for fair evaluation of multiprocessor scheduling
/// algorithms, 2002.
package struct TaskGraphFile {
  /// By task, the first dummy being 0.
  package private(set) var times: [Int] = []
  /// By task: those that it waits for.
  package private(set) var predecessors: [[Int]] = []

  private static let mostBytes = 1 << 25
  /// A list schedule of so many takes a second.
  private static let mostTasks = 500_000

  /// Reads a file.
  ///
  /// - Throws: `file` or `data`, with the line that is wrong and what should be there.
  package init(path: String) throws {
    try self.init(parsing: FileReader.contents(of: path, limit: Self.mostBytes), path: path)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameter path: What errors call it.
  /// - Throws: `data`, with the line that is wrong and what should be there.
  package init(parsing bytes: [UInt8], path: String) throws {
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
}
