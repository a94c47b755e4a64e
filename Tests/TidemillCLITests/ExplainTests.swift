import Foundation
import Testing

@Suite("tidemill explain")
struct ExplainTests {
  private static let hinge = ["explain", "max(1 - (w*x)*y, 0)", "--at", "w=0.5,x=2,y=1"]
  private static let graphviz = CommandLineTool.system("dot")

  @Test("A row for each node")
  func text() throws {
    let outcome = try CommandLineTool.run(Self.hinge)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    #expect(
      outcome.output == """
        node  expression  value  gradient
        1                     1         1
        w                   0.5        -2
        x                     2      -0.5
        q1    w * x           1        -1
        y                     1        -1
        q2    q1 * y          1        -1
        q3    1 - q2          0         1
        0                     0         0
        q4    max(q3, 0)      0         1

        """)
  }

  @Test("JSON has all digits, shapes, and null for what is not finite")
  func json() throws {
    let outcome = try CommandLineTool.run([
      "explain", "sum(sigmoid(W @ [1, 2])) + log(z)", "--at", "W=[[1,2],[3,4]], z=0", "--format",
      "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json(as: [String: Any].self)
    #expect(report["expression"] as? String == "sum(sigmoid(W @ [1, 2])) + log(z)")
    #expect(report["result"] is NSNull)
    let nodes = try #require(report["nodes"] as? [[String: Any]])
    for (index, node) in nodes.enumerated() {
      #expect(node["id"] as? Int == index)
      #expect(try #require(node["operands"] as? [Int]).allSatisfy { $0 < index })
      #expect(node["definition"] is String && node["expression"] is String)
    }
    #expect(nodes[0]["name"] as? String == "W")
    #expect(nodes[0]["shape"] as? [Int] == [2, 2])
    #expect(nodes[0]["value"] as? [[Double]] == [[1, 2], [3, 4]])
    let gradient = try #require(nodes[0]["gradient"] as? [[Double]])
    let slope = { (x: Double) in exp(-x) / pow(1 + exp(-x), 2) }
    for (row, sum) in [5.0, 11.0].enumerated() {
      #expect(abs(gradient[row][0] - slope(sum)) < 1e-15)
      #expect(abs(gradient[row][1] - 2 * slope(sum)) < 1e-15)
    }
  }

  @Test("Pictures are written beside the table")
  func files() throws {
    let folder = try TemporaryFolder()
    let (svg, dot) = (folder.path("hinge.svg"), folder.path("hinge.dot"))
    let outcome = try CommandLineTool.run(Self.hinge + ["--svg", svg, "--dot", dot])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 10)
    #expect(try String(contentsOfFile: svg, encoding: .utf8).hasPrefix("<svg "))
    #expect(try String(contentsOfFile: dot, encoding: .utf8).hasPrefix("digraph "))
  }

  @Test("A picture on standard output is all that is there", arguments: ["--svg", "--dot"])
  func standardOutput(option: String) throws {
    let outcome = try CommandLineTool.run(Self.hinge + [option, "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix(option == "--svg" ? "<svg " : "digraph "))
    #expect(outcome.output.hasSuffix(option == "--svg" ? "</svg>\n" : "}\n"))
  }

  @Test("The picture in the documentation is the one that comes out")
  func documentation() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let picture = root.appendingPathComponent("docs/pictures/explain.svg")
    let outcome = try CommandLineTool.run(Self.hinge + ["--svg", "-"])
    #expect(
      try String(contentsOf: picture, encoding: .utf8) == outcome.output,
      "draw it again with: tidemill \(Self.hinge.joined(separator: " ")) --svg docs/pictures/explain.svg"
    )
  }

  @Test("Graphviz draws it", .enabled(if: graphviz != nil))
  func drawn() throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandLineTool.run(Self.hinge + ["--dot", folder.path("hinge.dot")])
    #expect(outcome.status == 0)
    let graphviz: URL = try #require(Self.graphviz)
    let process = Process()
    process.executableURL = graphviz
    process.arguments = ["-Tcanon", "-o", folder.path("canon"), folder.path("hinge.dot")]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test(
    "Mistakes are mistakes of usage",
    arguments: [
      (
        ["mx(x)", "--at", "x=1"],
        "error: There is no function 'mx'; did you mean 'max'?\n  mx(x)\n  ^^\n"
      ),
      (["x", "--at", "x=1,y=2"], "error: 'y' has a value, but is not in the expression.\n"),
      (["x", "--at", "x=[1,2]"], "error: The result has the shape [2], but only a scalar"),
      (
        ["-x", "--at", "x=1"],
        "error: Missing expected argument '<expression>'\nHelp:  <expression>  The formula; where it "
      ),
      ([], "error: Missing expected argument '<expression>'"),
      (["1", "--svg", "-", "--dot", "-"], "error: Standard output can have one of "),
      (["1", "--svg", "-", "--format", "json"], "error: Standard output can have one of "),
      (
        ["1", "--svg", "/tmp/tidemill-same", "--dot", "/tmp/../tmp/tidemill-same"],
        "error: --dot and --svg are the same file, "
      ),
      (["1", "--svg", ""], "error: --svg is empty: give the path of a file."),
      (["1", "--svg", "/nonexistent/x.svg"], "error: /nonexistent/x.svg cannot be written"),
      (
        ["foo(x)", "--at", "x=1"],
        "error: There is no function 'foo'; those there are stand in 'tidemill help explain'.\n"
      ),
    ])
  func mistakes(arguments: [String], message: String) throws {
    let outcome = try CommandLineTool.run(["explain"] + arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
  }

  @Test("A minus at the start, after a space or two dashes")
  func minus() throws {
    for arguments in [[" -x^2", "--at", "x=3"], ["--at", "x=3", "--", "-x^2"]] {
      let outcome = try CommandLineTool.run(["explain"] + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.lines.last == "q2    -q1            -9         1")
    }
  }

  @Test("Help has an example and the functions")
  func help() throws {
    let outcome = try CommandLineTool.run(["explain", "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Example: tidemill explain"))
    #expect(outcome.output.contains("softplus"))
    #expect(outcome.lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
  }
}
