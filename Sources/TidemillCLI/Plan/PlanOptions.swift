import ArgumentParser
import Foundation
import TidemillPlanning

/// `--seconds` and `--threads` of searches for plans.
struct PlanSearchOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long to search at the most.", valueName: "s"))
  var seconds = 60.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many threads search; 2 where there are as many cores.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard seconds.isFinite, seconds >= 0 else {
      throw ValidationError("--seconds must be 0 or more, but is \(seconds).")
    }
    if let threads { try require(threads, in: 1...64, "--threads") }
  }

  /// As many threads as search.
  var workers: Int { threads ?? min(2, ProcessInfo.processInfo.activeProcessorCount) }
}
