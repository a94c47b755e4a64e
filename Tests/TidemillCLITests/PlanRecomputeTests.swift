import Foundation
import Testing

@Suite("tidemill plan recompute")
struct PlanRecomputeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ text: String, budget: Int) throws -> CommandLineTool.Outcome {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("in.json")))
    return try CommandLineTool.run([
      "plan", "recompute", folder.path("in.json"), "--output", folder.path("out.json"),
      "--budget", "\(budget)", "--seconds", "5", "--format", "json",
    ])
  }

  /// 7 -> 8 -> 9, and 9's reverse reads 7 again.
  private static let graph = """
    {"name": "g", "n": 4, "nodes": [
      {"id": 7, "op": "first", "mem_kb": 4, "cost": 5}, {"id": 8, "mem_kb": 4, "cost": 1},
      {"id": 9, "op": "third", "mem_kb": 4, "cost": 1}, {"id": 10, "mem_kb": 0, "cost": 2}],
    "edges": [[7, 8], [8, 9], [7, 10], [9, 10]]}
    """

  @Test("A schedule by the ids of the file, its costs and its bound")
  func schedule() throws {
    let outcome = try run(Self.graph, budget: 12)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let written = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: folder.path("out.json"))))
    let plan = try #require(written as? [String: Any])
    let steps = try #require(plan["schedule"] as? [[Any]])
    #expect(steps.first?[0] as? String == "compute" && steps.first?[1] as? Int == 7)
    for (key, value) in [("cost", 9), ("base_cost", 9), ("peak_kb", 12), ("lower_bound", 9)] {
      #expect(plan[key] as? Int == value, "\(key)")
    }
    #expect(try outcome.json(as: [String: Any].self)["overhead"] as? Double == 0)
  }

  @Test("Exit code 3, the floor and the operation, where nothing fits")
  func outOfReach() throws {
    let outcome = try run(Self.graph, budget: 7)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("alone needs 8"))
    #expect(try outcome.json(as: [String: Any].self)["floor_operation"] as? Int != nil)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.json")))
  }

  @Test(
    "What is wrong in a file is named with its place",
    arguments: [
      ("", "is no JSON"), ("[]", "is no object"), ("{}", "no array 'nodes'"),
      ("{\"nodes\": [1]}", "node 0 is no object"),
      ("{\"nodes\": [{\"id\": 0, \"mem_kb\": -1, \"cost\": 1}]}", "node 0 has no 'mem_kb'"),
      ("{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1e9}]}", "node 0 has no 'cost'"),
      ("{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1}], \"n\": 2}", "'n' is 2"),
      ("{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1}]}", "no array 'edges'"),
      (
        "{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1}], \"edges\": [[0]]}",
        "edge 0 must be two"
      ),
      (
        "{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1}], \"edges\": [[0, 3]]}",
        "edge 0 leads from 0 to 3"
      ),
      (
        "{\"nodes\": [{\"id\": 0, \"mem_kb\": 9223372036854775807, \"cost\": 1}], \"edges\": []}",
        "2^50"
      ),
      (
        "{\"nodes\": [{\"id\": 0, \"mem_kb\": 1, \"cost\": 1}, {\"id\": 0}], \"edges\": []}",
        "node 1 has the id 0"
      ),
      (
        """
        {"nodes": [{"id": 0, "mem_kb": 1, "cost": 1}, {"id": 1, "mem_kb": 1, "cost": 1}],
        "edges": [[0, 1], [1, 0]]}
        """, "have a cycle"
      ),
    ])
  func damaged(_ text: String, _ message: String) throws {
    let outcome = try run(text, budget: 8)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
