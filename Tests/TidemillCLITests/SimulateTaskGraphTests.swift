import Foundation
import Testing

/// SplitMix64: the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

@Suite("tidemill simulate --task-graph")
struct SimulateTaskGraphTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ text: String, _ options: [String] = ["--processors", "2"]
  ) throws -> CommandLineTool.Outcome {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("in.stg")))
    return try CommandLineTool.run(["simulate", "--task-graph", folder.path("in.stg")] + options)
  }

  /// Two tasks of 3 and one of 2 between dummies, in the layout of the Standard Task Graph Set.
  private let three = """
    # three tasks
             3
             0          0          0
             1          3          1          0   # the first
             2          3          1          0
             3          2          2          1          2
             4          0          1          3
    #
    # Critical Path Length : 5

    """

  @Test("Tells the makespan and what none is shorter than, and writes a table and a picture")
  func makespan() throws {
    let outcome = try run(
      three,
      [
        "--processors", "2", "--format", "json", "--output", folder.path("out.csv"), "--gantt",
        folder.path("out.svg"),
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json(as: [String: Any].self)
    #expect(report["makespan"] as? Int == 5)
    #expect(report["lower_bound"] as? Int == 5)
    #expect(report["is_optimal"] as? Bool == true)
    #expect(report["tasks"] as? Int == 3)
    let table = try String(contentsOfFile: folder.path("out.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == ["task", "processor", "start", "end"])
    #expect(lines.count == 6)
    #expect(lines[4][2...] == ["3", "5"])
    #expect(Set([lines[2][1], lines[3][1]]) == ["0", "1"])
    let picture = try String(contentsOfFile: folder.path("out.svg"), encoding: .utf8)
    #expect(picture.contains("processor 1") && picture.contains("Makespan 5"))

    let text = try run(three, ["--processors", "1"])
    #expect(text.lines.contains("makespan     8"))
    #expect(text.lines.contains("lower bound  8"))
  }

  @Test("Lines may be in any order, and a graph may have nothing but its dummies")
  func orders() throws {
    let mixed = "2\n3 0 2 2 1\n2 4 1 0\n1 5 1 0\r\n0 0 0\n"
    #expect(try run(mixed).lines.contains("makespan     5"))
    #expect(try run("0\n0 0 0\n1 0 1 0").lines.contains("makespan     0"))
  }

  @Test(
    "What is wrong in a file is named with its line",
    arguments: [
      ("", "is empty"), ("# nothing\n\n", "is empty"), ("3 2\n", "line 1 must be one number"),
      ("99999999\n", "line 1 must be one number"), ("x\n", "line 1: 'x' is not a whole number"),
      ("1\n0 0\n", "line 2 has 2 numbers"), ("1\n0 0 1\n", "task 0 has 1 predecessors, but 0"),
      ("1\n0 0 0 5\n", "has 0 predecessors, but 1"), ("1\n3 0 0\n", "line 2 is for task 3"),
      ("1\n0 0 0\n0 1 0\n", "line 3 is for task 0, as line 2 is"),
      ("1\n0 0 0\n1 1 1 0\n", "no line for task 2"),
      ("1\n0 0 0\n1 1 1 3\n2 0 1 1\n", "line 3 names the predecessor 3"),
      ("1\n0 0 0\n1 -1 1 0\n2 0 1 1\n", "line 3: '-1' is not a whole number"),
      ("1\n0 0 0\n1 1.5 1 0\n2 0 1 1\n", "'1.5' is not"),
      ("1\n0 0 0\n1 99999999999999999999 1 0\n2 0 1 1\n", "of 64 bits"),
      ("1\n0 0 0\n1 9223372036854775807 1 0\n2 0 1 1\n", "2^50 or more at task 1"),
      ("1\n0 0 0\n1 1 2 0 2\n2 0 1 1\n", "in a circle: 2, 1."), ("\u{FF}\u{0}", "line 1:"),
    ])
  func damaged(_ text: String, _ message: String) throws {
    let outcome = try run(text)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("Whatever the bytes, there is a schedule or a sentence", arguments: 0..<40)
  func anyBytes(_ seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    var bytes = Array(three.utf8)
    for _ in 0...Int.random(in: 0..<6, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      let byte = Array("0123456789 \n\t#-\u{0}x".utf8).randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = byte
      case 1: bytes.insert(byte, at: place)
      default: bytes.remove(at: place)
      }
    }
    let outcome = try run(
      String(decoding: bytes, as: UTF8.self), ["--processors", "2", "--seconds", "0.1"])
    #expect([0, 1].contains(outcome.status), "seed \(seed): \(outcome.errors)")
    #expect(outcome.status == 0 || outcome.errors.hasPrefix("error: "), "seed \(seed)")
  }

  @Test("Options are checked before the file is read")
  func options() throws {
    func usage(_ options: [String], _ message: String) throws {
      let outcome = try CommandLineTool.run(["simulate"] + options)
      #expect(outcome.status == 2, "\(options)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
    try usage([], "task graph")
    try usage(["--processors", "2"], "need --task-graph")
    try usage(["--task-graph", "x"], "needs --processors")
    try usage(["--task-graph", "x", "--processors", "0"], "from 1 to 1048576")
    try usage(["--task-graph", "x", "--processors", "2", "--seconds", "-1"], "0 or more")
    try usage(["--task-graph", "x", "--processors", "2", "--seconds", "nan"], "0 or more")
    try usage(["--task-graph", "x", "--processors", "2", "--gantt", "a.png"], ".svg")
    try usage(
      ["--task-graph", "x", "--processors", "2", "--output", "a.svg", "--gantt", "a.svg"],
      "same file")
  }

  @Test("A search ends at its time, and as soon as no schedule is shorter")
  func seconds() throws {
    // 40 tasks of many lengths that no two processors share evenly.
    let times = (0..<40).map { 1_000_003 + $0 * $0 * 7919 }
    let text =
      "40\n0 0 0\n" + times.enumerated().map { "\($0 + 1) \($1) 1 0\n" }.joined()
      + "41 0 40 " + (1...40).map(String.init).joined(separator: " ") + "\n"
    let outcome = try run(text, ["--processors", "7", "--seconds", "0", "--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json(as: [String: Any].self)
    let (makespan, bound) = (report["makespan"] as? Int ?? 0, report["lower_bound"] as? Int ?? 1)
    #expect(makespan >= bound && 7 * makespan <= 13 * bound)
  }
}
