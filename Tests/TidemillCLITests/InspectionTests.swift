import Foundation
import Testing
import Tidemill

@Suite("tidemill graph, profile, bench and topology")
struct InspectionTests {
  private static let names = Workload.all.map(\.name)
  private static let dot = CommandLineTool.system("dot")

  @Test("Every graph is JSON whose operands come before", arguments: names)
  func graph(name: String) throws {
    let outcome = try CommandLineTool.run(["graph", name, "--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let graph = try outcome.json(as: [String: Any].self)
    let nodes = try #require(graph["nodes"] as? [[String: Any]])
    #expect(!nodes.isEmpty)
    for (index, node) in nodes.enumerated() {
      #expect(node["id"] as? Int == index)
      #expect(node["operation"] is String && node["dtype"] is String && node["shape"] is [Int])
      #expect(try #require(node["operands"] as? [Int]).allSatisfy { $0 < index })
    }
    #expect((graph["outputs"] as? [Int])?.count == 1)
    #expect((graph["assignments"] as? [Any])?.isEmpty == false)
  }

  @Test("Text has a line for each node")
  func graphText() throws {
    let outcome = try CommandLineTool.run(["graph", "tiny"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("matmul("))
    #expect(outcome.output.contains("float32[1, 3]"))
    #expect(outcome.output.contains("\noutput %"))
    #expect(outcome.output.contains("\nassign "))
  }

  @Test("A graph is shown as it was recorded, too")
  func recordedGraph() throws {
    func graph(_ options: [String]) throws -> (operations: [String], text: String) {
      let outcome = try CommandLineTool.run(["graph", "tiny", "--format", "json"] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let nodes = try outcome.json(as: [String: Any].self)["nodes"] as? [[String: Any]]
      return (try #require(nodes).compactMap { $0["operation"] as? String }, outcome.output)
    }
    let (simplified, recorded) = (try graph(["--simplified"]), try graph(["--no-simplified"]))
    #expect(try graph([]).text == simplified.text)
    #expect(recorded.operations.count > simplified.operations.count)
    #expect(recorded.operations.contains("matmul"))
  }

  @Test(
    "A profile that cannot be as asked for is a mistake of usage",
    arguments: [
      (["--steps", "100001"], "--steps must be from 1 to 100000, but is 100001."),
      (["--steps", "9223372036854775807"], "--steps must be from 1 to 100000, but is 92233"),
      (["--trace", "/tmp"], "--trace: /tmp: cannot be written: it is a folder."),
      (["--trace", "/dev/full"], "--trace: /dev/full: cannot be written: it is no regular file."),
      (["--trace", ""], "--trace is empty: give the path of a file."),
      (["--trace", "/nonexistent/x"], "there is no folder /nonexistent."),
    ])
  func profileMistakes(arguments: [String], message: String) throws {
    let outcome = try CommandLineTool.run(["profile", "tiny"] + arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("Graphviz draws every graph", .enabled(if: dot != nil), arguments: names)
  func graphDOT(name: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandLineTool.run(["graph", name, "--format", "dot"])
    #expect(outcome.status == 0)
    try Data(outcome.output.utf8).write(to: URL(fileURLWithPath: folder.path("graph.dot")))
    let dot: URL = try #require(Self.dot)
    let process = Process()
    process.executableURL = dot
    // To canonical form: read and checked, without the layout, which takes long.
    process.arguments = ["-Tcanon", "-o", folder.path("graph.canon"), folder.path("graph.dot")]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("A profile has a row an operation, and its trace is Chrome's")
  func profile() throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandLineTool.run([
      "profile", "mlp_digits", "--steps", "4", "--threads", "2", "--trace",
      folder.path("trace.json"), "--gantt", folder.path("step.svg"), "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let profile = try outcome.json(as: [String: Any].self)
    #expect(profile["workload"] as? String == "mlp_digits")
    #expect(profile["steps"] as? Int == 4)
    #expect(profile["threads"] as? Int == 2)
    let rows = try #require(profile["operations"] as? [[String: Any]])
    for row in rows {
      #expect(row["label"] is String && row["kernel"] is String)
      #expect(try #require(row["calls"] as? Int) % 4 == 0)
      #expect(row["seconds"] is Double && row["gflops"] is Double)
      #expect(row["gigabytes_per_second"] is Double)
    }
    let shares = rows.compactMap { $0["share"] as? Double }.reduce(0, +)
    #expect(abs(shares - 1) < 1e-6)
    func share(_ name: String) throws -> Double { try #require(profile[name] as? Double) }
    let workers = try share("utilization") + share("overhead_share") + share("idle_share")
    #expect(abs(workers - 1) < 1e-6)
    #expect(try share("critical_path_seconds") <= share("wall_seconds"))
    #expect(try (0...1).contains(share("stolen_share")))
    let limits = ["critical_path", "work", "overhead", "idle"]
    #expect(limits.contains(try #require(profile["limit"] as? String)))
    #expect(try !#require(profile["limit_sentence"] as? String).isEmpty)
    let picture = try String(contentsOfFile: folder.path("step.svg"), encoding: .utf8)
    #expect(picture.contains("worker 0") && picture.contains("time in µs"))

    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("trace.json")))
    let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    #expect(events.contains { $0["ph"] as? String == "X" })
  }

  @Test("The same step behind barriers", arguments: [true, false])
  func barriers(behind: Bool) throws {
    let outcome = try CommandLineTool.run(
      ["bench", "workload", "branches", "--seconds", "0", "--threads", "2", "--format", "json"]
        + (behind ? ["--barriers"] : []))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result = try #require(outcome.json(as: [[String: Any]].self).first)
    #expect(result["barriers"] as? Bool == behind)
    let folder = try TemporaryFolder()
    let picture = folder.path("step.svg")
    let profile = try CommandLineTool.run(
      ["profile", "branches", "--steps", "1", "--threads", "2", "--gantt", picture]
        + (behind ? ["--barriers"] : []))
    #expect(profile.status == 0, "\(profile.errors)")
    #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("worker 1"))
  }

  @Test("A profile as text is a table")
  func profileText() throws {
    let outcome = try CommandLineTool.run(["profile", "tiny", "--steps", "2"])
    #expect(outcome.status == 0)
    #expect(
      outcome.lines[0].split(separator: " ")
        == ["operation", "kernel", "calls", "time", "share", "GFLOP/s", "GB/s"])
  }

  @Test("Measurements are an array with an object for each workload")
  func bench() throws {
    let outcome = try CommandLineTool.run([
      "bench", "workload", "tiny", "mlp_digits_b1", "--seconds", "0.05", "--threads", "1",
      "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let results = try outcome.json(as: [[String: Any]].self)
    #expect(results.map { $0["workload"] as? String } == ["tiny", "mlp_digits_b1"])
    for result in results {
      #expect(result["threads"] as? Int == 1)
      for key in [
        "step_ms_best", "step_ms_median", "samples_per_second", "arena_bytes", "state_bytes",
        "peak_rss_bytes", "loss_first", "loss_last",
      ] {
        #expect(try #require(result[key] as? Double, "\(key)") > 0, "\(key)")
      }
      let (best, median) = (result["step_ms_best"] as? Double, result["step_ms_median"] as? Double)
      #expect(try #require(best) <= #require(median))
    }
    #expect(try #require(results[1]["loss_last"] as? Double) < 2)
  }

  @Test("A warm step faults no page in, in a process of its own", arguments: [1, 2])
  func pageFaults(threads: Int) throws {
    let outcome = try CommandLineTool.run([
      "bench", "workload", "tiny", "mlp_digits", "branches", "mlp_deep", "--seconds", "0",
      "--threads", "\(threads)", "--format", "json",
    ])
    for result in try outcome.json(as: [[String: Any]].self) {
      let faults = try #require(result["page_faults_per_step"] as? Double)
      #expect(faults == 0, "\(result["workload"] ?? "")")
    }
  }

  @Test("The topology, with what was decided")
  func topology() throws {
    let outcome = try CommandLineTool.run(["topology", "--threads", "3", "--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let topology = try outcome.json(as: [String: Any].self)
    #expect(topology["threads"] as? Int == 3)
    #expect((topology["workers"] as? [Any])?.count == 3)
    #expect(topology["cores"] is [Any] && topology["allowed_pus"] is [Int])
    let sets = try #require(topology["instruction_sets"] as? [String])
    #expect(sets.contains(try #require(topology["instruction_set"] as? String)))
    #expect(sets.contains("scalar"))

    let text = try CommandLineTool.run(["topology"])
    #expect(text.status == 0)
    #expect(text.lines.contains { $0.hasPrefix("workers     ") })
    #expect(text.lines.contains { $0.hasPrefix("kernels     ") })
    #expect(
      text.lines.contains {
        $0.hasPrefix("products    depth (L1), rows of a (L2), columns of b (L3): float32 ")
      })
  }

  @Test("An instruction set is forced, and one that is not there is an error")
  func instructionSet() throws {
    let forced = try CommandLineTool.run(
      ["topology", "--format", "json"], environment: ["TIDEMILL_ISA": "scalar"])
    #expect(try forced.json(as: [String: Any].self)["instruction_set"] as? String == "scalar")
    let wrong = try CommandLineTool.run(["topology"], environment: ["TIDEMILL_ISA": "mmx"])
    #expect(wrong.status == 2)
    #expect(wrong.errors.hasPrefix("error: There is no instruction set 'mmx' on this CPU"))
  }

  @Test(
    "An unknown workload names those that there are",
    arguments: [["graph"], ["profile"], ["bench", "workload"]])
  func unknownWorkload(command: [String]) throws {
    let outcome = try CommandLineTool.run(command + ["mlp_tall"])
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("mlp_tall"))
    #expect(outcome.errors.contains("mlp_digits_b1"))
  }

  @Test(
    "Every subcommand has help with an example",
    arguments: [
      [], ["train"], ["graph"], ["profile"], ["bench"], ["bench", "workload"],
      ["bench", "gemm"], ["bench", "elementwise"], ["topology"],
      ["explain"], ["inspect"], ["evaluate"], ["predict"],
    ])
  func help(command: [String]) throws {
    let outcome = try CommandLineTool.run(command + ["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("Example: tidemill"))
  }

  @Test("The version is three numbers")
  func version() throws {
    let outcome = try CommandLineTool.run(["--version"])
    #expect(outcome.status == 0)
    #expect(try /\d+\.\d+\.\d+\n/.wholeMatch(in: outcome.output) != nil)
  }
}
