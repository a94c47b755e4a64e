import Foundation
import Testing

@Suite("tidemill bench metg")
struct BenchMetgTests {
  @Test("JSON names what was measured", arguments: ["trivial", "stencil", "nearest5"])
  func json(pattern: String) throws {
    let outcome = try CommandLineTool.run([
      "bench", "metg", "--pattern", pattern, "--width", "3", "--steps", "40", "--threads", "2",
      "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result = try outcome.json(as: [String: Any].self)
    #expect(result["pattern"] as? String == pattern)
    #expect(result["width"] as? Int == 3 && result["steps"] as? Int == 40)
    #expect(result["threads"] as? Int == 2 && result["slowness"] as? Int == 1)
    let empty = try #require(result["empty_task_ns"] as? Double)
    #expect(empty > 0)
    // Null where half of the time is never work, as on a machine that does something else.
    #expect(result.keys.contains("metg50_us"))
    if let metg = result["metg50_us"] as? Double { #expect(metg > 0) }
  }

  @Test("a terminal gets three lines")
  func text() throws {
    let outcome = try CommandLineTool.run(["bench", "metg", "--steps", "10", "--threads", "1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.map { $0.prefix(9) } == ["METG(50%)", "empty tas", "at 5 us  "])
  }

  @Test(
    "refuses what makes no sense, naming the option",
    arguments: [
      ("--width", "0"), ("--steps", "0"), ("--slowness", "0"), ("--width", "5000"),
      ("--steps", "9999999"), ("--pattern", "ring"),
    ])
  func refuses(option: String, value: String) throws {
    let outcome = try CommandLineTool.run(["bench", "metg", option, value])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(option))
  }
}
