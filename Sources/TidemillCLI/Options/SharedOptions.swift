import ArgumentParser
import Tidemill

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// `--format`.
struct FormatOption: ParsableArguments {
  @Option(help: "How results are written: text or json.")
  var format = OutputFormat.text
}

/// `--threads`.
struct ThreadsOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many threads work, the caller included. Without it, one for each core.",
      valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads { try require(threads, in: 1...Self.most, "--threads") }
  }

  /// As many as can share the work of a run.
  private static let most = 4095
}

/// How a run is scheduled otherwise than usual: `--barriers`, `--no-stealing`.
struct ComparisonOptions: ParsableArguments {
  @Flag(help: "With a barrier after each operation, for comparison.")
  var barriers = false

  @Flag(
    name: .customLong("no-stealing"),
    help: "Each worker does the tasks that are planned for it, and no others, for comparison.")
  var withoutStealing = false

  var stealing: Bool { !withoutStealing }
}

/// A workload by its name.
struct WorkloadArgument: ExpressibleByArgument {
  let workload: Workload

  init?(argument: String) {
    guard let workload = try? Workload.named(argument) else { return nil }
    self.workload = workload
  }

  static var allValueStrings: [String] { Workload.all.map(\.name) }

  /// One line a workload, for help.
  static var list: String {
    let width = (Workload.all.map(\.name.count).max() ?? 0) + 2
    return Workload.all.map { workload in
      "  " + workload.name + String(repeating: " ", count: width - workload.name.count)
        + workload.summary
    }.joined(separator: "\n")
  }
}

/// Throws where a number is not 1 or more.
func requirePositive(_ value: Int, _ option: String) throws {
  guard value >= 1 else {
    throw ValidationError("\(option) must be 1 or more, but is \(value).")
  }
}

/// Throws where a number is too small or too large.
func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "\(option) must be from \(range.lowerBound) to \(range.upperBound), but is \(value).")
  }
}
