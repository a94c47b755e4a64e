import CTestSupport
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
    ("\"row\": ", "\"row\": -", "for 'row'"),
    ("\"row\": 2.5e-08", "\"row\": 1e9", "for 'row'"),
    ("\"row\": 2.5e-08", "\"row\": 0.11", "for 'row'"),
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
      #expect(found.contains(expected), "\(found)")
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

  /// Proves: a process keeps what it has measured: asked again, it makes no memory to measure in. Only arithmetic differs
  /// from the standard, by a half power of 2.
  @Test func arithmeticIsThatOfThisMachine() throws {
    for set in InstructionSet.available {
      let here = try CostModel.here(set)
      ctest_count_this_thread(CTEST_MODELS)
      let before = ctest_allocations(CTEST_MODELS)
      let again = try CostModel.here(set)
      let after = ctest_allocations(CTEST_MODELS)
      ctest_count_this_thread(CTEST_NOTHING)
      #expect(again == here && after == before)
      let factor = here[.productDeep] / CostConstant.productDeep.standard
      #expect(abs(2 * log2(factor) - (2 * log2(factor)).rounded()) < 1e-9)
      #expect(here == .standard.slowed(by: factor))
      #expect(here[.functionPower] == CostConstant.functionPower.standard * factor)
      #expect(here[.streamL2] == CostConstant.streamL2.standard)
      #expect(here[.sharedRun] == CostConstant.sharedRun.standard)
    }
  }

  /// Proves: the time of one product is that of this machine and of the instruction set: about what the calibration
  /// measures, of which the former is a half power of 2, and for plain C longer than for vectors of 8 and more.
  @Test func arithmeticIsAsLongAsItTakes() throws {
    let preferred = try InstructionSet.preferred()
    let here = try CostModel.here(preferred)
    let ratio = try CostModel.measured()[.productDeep] / here[.productDeep]
    #expect((1.0 / 8...8).contains(ratio), "\(ratio)")
    let plain = try CostModel.here(InstructionSet.available[0])
    guard ["avx2", "avx512", "avx512bf16"].contains(preferred.description) else { return }
    #expect(plain[.productDeep] >= 2 * here[.productDeep])
  }

  @Test(arguments: [
    (1, 1), (1.18, 1), (0.85, 1), (1.2, 2.0.squareRoot()), (2.1, 2), (0.5, 0.5), (300, 256), (0, 1),
  ])
  func ratiosAreRoundedToHalfPowers(ratio: Double, expected: Double) {
    #expect(abs(CostModel.rounded(ratio) - expected) < 1e-9 * expected)
  }
}
