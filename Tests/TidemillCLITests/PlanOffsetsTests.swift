import Foundation
import Testing

@Suite("tidemill plan offsets")
struct PlanOffsetsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ text: String, _ options: [String] = []) throws -> CommandLineTool.Outcome {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("in.csv")))
    return try CommandLineTool.run(
      ["plan", "offsets", folder.path("in.csv"), "--output", folder.path("out.csv")] + options)
  }

  private func written() throws -> String {
    try String(contentsOfFile: folder.path("out.csv"), encoding: .utf8)
  }

  @Test("Rows are repeated with an offset, also where columns are in another order")
  func rows() throws {
    let table = "size,id,lower,upper,alignment,fixed\n2,\"a,\"\"b\",0,2,,\n3,b,1,3,4,\n1,c,0,9,,7\n"
    let outcome = try run(table, ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = try written().split(separator: "\n")
    #expect(lines[0] == "size,id,lower,upper,alignment,fixed,offset")
    #expect(lines[1] == "2,\"a,\"\"b\",0,2,,,3")
    #expect(lines[2] == "3,b,1,3,4,,0")
    #expect(lines[3] == "1,c,0,9,,7,7")
    let report = try outcome.json(as: [String: Any].self)
    #expect(report["height"] as? Int == 8)
    #expect(report["fits"] as? Bool == true)
    #expect(report["lower_bound"] as? Int == 8)
  }

  @Test("Exit code 3 and the best height, where it does not fit")
  func outOfReach() throws {
    let outcome = try run("id,lower,upper,size\n0,0,2,5\n1,1,3,4\n", ["--capacity", "8"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("none is lower than 9"))
    #expect(outcome.output.contains("height       9"))
    #expect(throws: (any Error).self) { try written() }
  }

  @Test(
    "What is wrong in a file is named with its place",
    arguments: [
      ("", "is empty"), ("id,lower,upper\n", "no column 'size'"),
      ("id,lower,upper,size,gap\n", "'gap', means nothing"),
      ("id,lower,upper,size,size\n", "two columns called 'size'"),
      ("id,lower,upper,size\n0,0,1\n", "line 2 has 3 fields"),
      ("id,lower,upper,size\n0,0,1,x\n", "line 2, 'size': 'x' is not a whole number from 0"),
      ("id,lower,upper,size\n0,0,1,-1\n", "line 2, 'size': '-1'"),
      ("id,lower,upper,size\n0,0,1,99999999999999999999\n", "of 64 bits"),
      ("id,lower,upper,size\n0,0,1,9223372036854775807\n", "2^60"),
      ("id,lower,upper,size\n0,0,1,1\n0,2,3,1\n", "line 3 has the id '0' of line 2"),
      ("id,lower,upper,size\n0,1,1,1\n", "line 2: a buffer lives from lower"),
      ("id,lower,upper,size\n\"0,1,1,1\n", "quote is never closed"),
    ])
  func damaged(_ text: String, _ message: String) throws {
    let outcome = try run(text, ["--capacity", "8"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("Options are checked before the file is read")
  func options() throws {
    #expect(try run("", ["--capacity", "0"]).status == 2)
    #expect(try run("", ["--seconds", "-1"]).status == 2)
    #expect(try run("", ["--threads", "0"]).status == 2)
  }
}
