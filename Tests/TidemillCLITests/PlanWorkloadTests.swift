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

  @Test("The report's numbers add up, and the text has them")
  func sums() throws {
    let found = try report(["--budget", "60%"])
    func bytes(_ name: String) throws -> Int { try #require(found[name + "_bytes"] as? Int) }
    func share(_ name: String) throws -> Double { try #require(found[name] as? Double) }
    let fixed = try bytes("state") + bytes("output") + bytes("workspace")
    #expect(try bytes("total") == fixed + bytes("arena"))
    #expect(try bytes("floor") == fixed + bytes("arena_floor"))
    #expect(try bytes("arena_floor") <= bytes("live_peak") && bytes("live_peak") <= bytes("arena"))
    #expect(try bytes("arena") < bytes("unplanned"))
    #expect(try abs(share("gap") - (share("overhead") - share("overhead_bound"))) < 1e-12)
    let base = try share("base_seconds")
    #expect(try abs(share("overhead") - (share("planned_seconds") / base - 1)) < 1e-9)
    let again = try #require(found["recomputations"] as? [[String: Any]])
    let times = again.map { $0["times"] as? Int ?? 0 }
    let seconds = again.map { $0["seconds"] as? Double ?? 0 }
    let extra = zip(times, seconds).reduce(0) { $0 + Double($1.0) * $1.1 }
    // Each run counts as whole picoseconds.
    let rounding = 1e-12 * Double(1 + times.reduce(0, +))
    #expect(try abs(base + extra - share("planned_seconds")) < rounding)
    let text = try run(["--budget", "60%"]).output
    let calls = times.reduce(0, +)
    #expect(text.contains("\(calls) calls of \(again.count) operations"))
  }

  @Test("A curve goes from the unlimited arena to the smallest, and draws what it tells")
  func curveInProcess() throws {
    let workload = try #require(Workload.all.first { $0.name == "branches" })
    func compiled(_ budget: MemoryBudget) throws -> CompiledFunction {
      try workload.compiled(memoryBudget: budget, threads: 1)
    }
    let curve = try PlanCurve(workload, points: 5, steps: 1, compile: compiled)
    let (free, least) = (try compiled(.unlimited).memory, try compiled(.smallest).memory)
    let points = curve.points
    #expect(
      points.first?.arenaBytes == free.arenaBytes && points.first?.totalBytes == free.totalBytes)
    #expect(
      points.last?.arenaBytes == least.arenaBytes && points.last?.totalBytes == least.totalBytes)
    #expect(points.last?.predictedOverhead == least.overhead)
    #expect(points.last?.overheadBound == least.overheadBound && least.gap > 0)
    #expect(points.last?.recomputedCalls == least.recomputedCalls)
    // Times of the first are compared with themselves.
    #expect(points.first?.measuredOverhead == 0)
    #expect(points.allSatisfy { ($0.stepMs ?? 0) > 0 })

    let series = curve.chart.series
    #expect(series.map(\.name) == ["predicted", "proven bound", "measured"])
    let shares: [(PlanCurve.Point) -> Double?] = [
      { $0.predictedOverhead }, { $0.overheadBound }, { $0.measuredOverhead },
    ]
    for (series, share) in zip(series, shares) {
      #expect(series.points.map(\.x) == points.map { Double($0.arenaBytes) / 1_048_576 })
      #expect(series.points.map(\.y) == points.compactMap(share).map { $0 * 100 })
    }
    let lines = curve.table.lines
    #expect(lines.count == points.count + 1)
    for (line, point) in zip(lines.dropFirst(), points) {
      let words = [
        NumberText.bytes(point.totalBytes), NumberText.bytes(point.arenaBytes),
        "\(point.recomputedCalls)", NumberText.percent(point.predictedOverhead),
        NumberText.percent(point.overheadBound),
      ].flatMap { $0.split(separator: " ") }
      #expect(Array(line.split(separator: " ").prefix(words.count)) == words)
    }
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
