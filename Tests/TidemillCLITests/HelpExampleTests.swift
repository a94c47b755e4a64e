import Foundation
import Testing
import Tidemill

/// The examples that help prints do what they say.
@Suite("Examples in the help")
struct HelpExampleTests {
  /// Examples that are not run, and why.
  private static let exempt = [
    "tidemill plan mlp_wide_32 --curve --picture curve.svg": "times many plans in turns",
    "tidemill simulate mlp_wide --batch 8192 --synthetic 'core:64 pu:1' --curve scaling.svg":
      "compiles and simulates for each number of workers up to 64",
    "tidemill bench metg --pattern stencil --width 8 --threads 2 --format json":
      "runs tasks of many lengths, each for a while",
    "tidemill bench workload mlp_digits mlp_deep --seconds 3 --threads 2 --format json":
      "runs for six seconds",
  ]

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Proves: every example of every command, run by a shell in a folder that has the files it reads, ends well; and there is no
  /// exemption of an example that is not there.
  @Test(.timeLimit(.minutes(10))) func examplesRun() throws {
    let examples = try commands().flatMap(examples)
    #expect(Set(examples).count >= 20)
    #expect(Set(Self.exempt.keys).isSubset(of: examples))
    try makeFiles()
    for example in Set(examples).sorted() where Self.exempt[example] == nil {
      let outcome = try shell(example)
      #expect(outcome.status == 0, "\(example): \(outcome.errors)")
    }
  }

  /// All commands, by the words behind the name of the program.
  private func commands() throws -> [[String]] {
    let outcome = try CommandLineTool.run(["--experimental-dump-help"])
    let root: [String: Any] = try outcome.json()
    func words(_ command: [String: Any], _ before: [String]) -> [[String]] {
      let subcommands = command["subcommands"] as? [[String: Any]] ?? []
      return [before]
        + subcommands.flatMap { words($0, before + [$0["commandName"] as? String ?? ""]) }
    }
    return words(try #require(root["command"] as? [String: Any]), []).filter { $0 != ["help"] }
  }

  private func examples(of command: [String]) throws -> [String] {
    let help = try CommandLineTool.run(command + ["--help"], environment: ["COLUMNS": "1000"])
    #expect(help.status == 0)
    let found = help.lines.compactMap { line in
      line.range(of: "Example: ").map { String(line[$0.upperBound...]) }
    }
    #expect(!found.isEmpty, "\(command) has no example")
    return found
  }

  private func makeFiles() throws {
    for (name, text) in [
      "shapes.txt": "N T 64 64 64\n",
      "buffers.csv": "id,lower,upper,size\na,0,2,500000\nb,1,3,500000\nc,2,4,500000\n",
      "resnet50.json": """
      {"nodes": [{"id": 0, "mem_kb": 8, "cost": 1}, {"id": 1, "mem_kb": 4, "cost": 2}], "edges": [[0, 1]]}
      """,
      "rand0000.stg": "1\n0 0 0\n1 3 1 0\n2 0 1 1\n",
      "digits.yaml": "hidden: [16]\nepochs: 2\n",
    ] { try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name))) }
    for (name, epochs) in [("digits.safetensors", 2), ("digits.st", 2), ("d.st", 199)] {
      let outcome = try shell("tidemill train --hidden 16 --epochs \(epochs) --save \(name)")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try NPY(Tensor(zeros: [3, 64])).write(to: folder.path("samples.npy"))
    try PNG.write(
      grey: Array(repeating: 0, count: 64), width: 8, height: 8, to: folder.path("digit.png"))
  }

  /// Runs a line in the folder, where `tidemill` is the tool that was built.
  private func shell(_ line: String) throws -> CommandLineTool.Outcome {
    // What only makes a picture of the output may not be installed.
    let command = line.components(separatedBy: " | ")[0]
    let output = folder.path("output.txt")
    let errors = folder.path("errors.txt")
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    let tool = try CommandLineTool.executable().deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(["PATH": tool]) {
      "\($1):\($0)"
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    return .init(
      status: process.terminationStatus, output: "",
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}
