import Foundation
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// What is known of a machine is measured, kept in a file, and refused where it is damaged.
@Suite struct CalibrationTests {
  private func withFile(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "tidemill-calibration-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  /// Proves: what is measured is a time for each constant, and survives a file with all its digits.
  @Test func measuredConstantsSurviveAFile() throws {
    let costs = try CostModel.measured()
    #expect(costs[.productDeep] > 0 && costs[.streamL2] > 0 && costs[.callProduct] > 0)
    try withFile { path in
      try CalibrationFile.write(costs, to: path)
      #expect(try CalibrationFile.read(path) == costs)
    }
  }

  /// Proves: a file that was cut off, is of another version, lacks a constant, has one that is not known or is no time, is
  /// refused by a sentence that names the file or the constant.
  @Test(arguments: [
    ("\"version\": 1", "\"version\": 2", "\"version\": 1"),
    ("\"row\"", "\"rows\"", "'rows' is no constant"),
    ("\"row\": ", "\"row\": -", "'row'"), ("\"row\": ", "\"row\": 1e9", "'row'"),
    ("\"row\": ", "\"row\": \"a\", \"x\": ", "'row' is no number"),
    ("\"seconds\"", "\"second\"", "\"seconds\""), ("}", "", "JSON"),
  ])
  func damagedFilesAreRefused(old: String, new: String, expected: String) throws {
    try withFile { path in
      try CalibrationFile.write(.standard, to: path)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains(old))
      try text.replacingOccurrences(of: old, with: new)
        .write(toFile: path, atomically: true, encoding: .utf8)
      let found = try message { _ = try CalibrationFile.read(path) }
      #expect(found.contains(expected) || found.contains(path), "\(found)")
    }
  }

  /// Proves: results do not depend on constants, although tasks do.
  @Test func constantsChangeTasksAndNoBit() throws {
    let workload = try Workload.named("mlp_digits").batched(16)
    let models = [CostModel.standard, .standard.slowed(by: 100)]
    var counts: Set<Int> = []
    var states: Set<[[UInt8]]> = []
    for costs in models {
      var options = try CompileOptions(threads: 4)
      options.costs = costs
      let runs = try OrderedRuns(workload, try workload.compiled(options).executable)
      counts.insert(runs.graph.tasks.count)
      states.insert(try runs.states(after: Array(runs.graph.tasks.indices)))
    }
    #expect(counts.count == 2)
    #expect(states.count == 1)
  }

  /// Proves: a process keeps what it has measured, and only arithmetic differs from the standard, by a half power of 2.
  @Test func arithmeticIsThatOfThisMachine() throws {
    for set in InstructionSet.available {
      let here = try CostModel.here(set)
      #expect(try CostModel.here(set) == here)
      let factor = here[.productDeep] / CostConstant.productDeep.standard
      #expect(abs(2 * log2(factor) - (2 * log2(factor)).rounded()) < 1e-9)
      #expect(here == .standard.slowed(by: factor))
      #expect(here[.functionPower] == CostConstant.functionPower.standard * factor)
      #expect(here[.streamL2] == CostConstant.streamL2.standard)
      #expect(here[.sharedRun] == CostConstant.sharedRun.standard)
    }
  }

  @Test(arguments: [
    (1, 1), (1.18, 1), (0.85, 1), (1.2, 2.0.squareRoot()), (2.1, 2), (0.5, 0.5), (300, 256), (0, 1),
  ])
  func ratiosAreRoundedToHalfPowers(ratio: Double, expected: Double) {
    #expect(abs(CostModel.rounded(ratio) - expected) < 1e-9 * expected)
  }
}
