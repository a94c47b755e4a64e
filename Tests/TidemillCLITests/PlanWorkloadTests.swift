import ArgumentParser
import Foundation
import Testing
import Tidemill
import TidemillCLI

@Suite("tidemill plan WORKLOAD")
struct PlanWorkloadTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ options: [String]) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(["plan", "branches", "--threads", "1"] + options)
  }

  private func report(_ options: [String]) throws -> [String: Any] {
    let outcome = try run(options + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.json(as: [String: Any].self)
  }

  @Test("A share of the arena is kept to, and what runs again is told")
  func share() throws {
    let free = try report([])
    let half = try report(["--budget", "60%"])
    let arena = try #require(free["arena_bytes"] as? Int)
    let found = try #require(half["arena_bytes"] as? Int)
    #expect(Double(found) <= 0.6 * Double(arena))
    #expect(free["overhead"] as? Double == 0)
    let overhead = try #require(half["overhead"] as? Double)
    let bound = try #require(half["overhead_bound"] as? Double)
    #expect(overhead > 0 && bound > 0 && bound <= overhead)
    let again = try #require(half["recomputations"] as? [[String: Any]])
    #expect(again.allSatisfy { ($0["times"] as? Int ?? 0) > 0 && $0["label"] is String })
    #expect(!again.isEmpty)
  }

  @Test("A picture of the arena marks what is computed again")
  func timeline() throws {
    let path = folder.path("arena.svg")
    let outcome = try run(["--budget", "smallest", "--timeline", path])
    #expect(outcome.status == 0 && outcome.output.contains("computed again"), "\(outcome.errors)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("class=\"s1\"") && text.contains(", again: "))
    #expect(text.contains("prefers-color-scheme: dark"))
  }

  @Test("A curve falls as the arena grows, as table, JSON and picture")
  func curve() throws {
    let path = folder.path("curve.svg")
    let outcome = try run(
      ["--curve", "--points", "4", "--steps", "2", "--picture", path, "--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let points = try #require(outcome.json(as: [String: Any].self)["points"] as? [[String: Any]])
    let arenas = points.compactMap { $0["arena_bytes"] as? Int }
    let overheads = points.compactMap { $0["predicted_overhead"] as? Double }
    #expect(arenas.count >= 3 && arenas == arenas.sorted(by: >))
    #expect(overheads == overheads.sorted() && overheads.first == 0)
    #expect(points.allSatisfy { $0["measured_overhead"] is Double && $0["step_ms"] is Double })
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("proven bound"))
    let table = try run(["--curve", "--points", "2", "--steps", "0"])
    #expect(table.lines.count == 3 && table.lines[0].contains("predicted"))
  }

  @Test("Exit code 3 and the smallest that works, where nothing fits")
  func outOfReach() throws {
    let outcome = try run(["--budget", "1KiB"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("The smallest that works is"))
  }

  @Test(
    "Mistakes",
    arguments: [
      ["--budget", "40"], ["--budget", "140%"], ["--curve", "--budget", "40%"],
      ["--picture", "x.svg"], ["--curve", "--points", "1"], ["--timeline", "x.png"],
      ["--planning-time", "-1"],
    ])
  func mistakes(options: [String]) throws {
    let outcome = try run(options)
    #expect(outcome.status == (options == ["--budget", "40"] ? 3 : 2), "\(outcome.errors)")
  }

  @Test("Budgets as people type them")
  func budgets() throws {
    #expect(try BudgetText.parse("40%") == .fractionOfPeak(0.4))
    #expect(try BudgetText.parse("64MiB") == .bytes(64 << 20))
    #expect(try BudgetText.parse("Smallest") == .smallest)
    #expect(try BudgetText.parse("unlimited") == .unlimited)
    for text in ["", "%", "nan%", "-1%", "101%", "big"] {
      #expect(throws: ValidationError.self) { try BudgetText.parse(text) }
    }
  }
}
