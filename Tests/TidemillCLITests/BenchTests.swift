import Foundation
import Testing
import Tidemill

/// A small machine in the place of this one, so that the triad's arrays are small.
private let small = ["HWLOC_SYNTHETIC": "pack:1 l3:1(size=1MB) core:2 pu:1"]

@Suite("tidemill bench gemm")
struct BenchGemmTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shapes(_ text: String) throws -> String {
    let path = folder.path("shapes.txt")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static let fields: Set<String> = [
    "trans_a", "trans_b", "m", "n", "k", "dtype", "threads", "gflops_best", "gflops_median",
    "fraction_of_peak", "peak_gflops",
  ]

  @Test(
    "JSON has an object for each line of the file, which may have comments and empty lines",
    arguments: ["f32", "f64", "bf16"], [1, 2])
  func json(dtype: String, threads: Int) throws {
    let path = try shapes("# squares\nN N 8 8 8\n\n  n T\t5 7 11 \r\nT N 1 16 3\nT T 2 2 2")
    let outcome = try CommandLineTool.run([
      "bench", "gemm", "--shapes", path, "--dtype", dtype, "--threads", "\(threads)", "--format",
      "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let results = try outcome.json(as: [[String: Any]].self)
    let found = results.map { result in
      ["trans_a", "trans_b", "m", "n", "k"].map { "\(result[$0] ?? "")" }.joined(separator: " ")
    }
    #expect(found == ["N N 8 8 8", "N T 5 7 11", "T N 1 16 3", "T T 2 2 2"])
    for result in results {
      #expect(Set(result.keys) == Self.fields)
      #expect(result["dtype"] as? String == dtype && result["threads"] as? Int == threads)
      let numbers = try ["gflops_best", "gflops_median", "fraction_of_peak", "peak_gflops"].map {
        try #require(result[$0] as? Double, "\($0)")
      }
      #expect(numbers.allSatisfy { $0 > 0 } && numbers[0] >= numbers[1])
      #expect(abs(numbers[2] - numbers[0] / numbers[3]) < 1e-9)
    }
  }

  @Test("CSV and Markdown have the same columns in every line, and text fits 80 columns")
  func tables() throws {
    let path = try shapes("N N 50000 4 1\nN T 5 7 11\n")
    func lines(_ format: String) throws -> [String] {
      let outcome = try CommandLineTool.run([
        "bench", "gemm", "--shapes", path, "--threads", "1", "--format", format,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.lines
    }
    let csv = try lines("csv").map { $0.split(separator: ",").map(String.init) }
    try #require(csv.count == 3 && csv.allSatisfy { $0.count == 11 })
    #expect(Set(csv[0]) == Self.fields)
    #expect(csv[2][..<7] == ["N", "T", "5", "7", "11", "f32", "1"])
    #expect(csv[1...].allSatisfy { $0[7...].allSatisfy { (Double($0) ?? 0) > 0 } })

    let md = try lines("md")
    try #require(md.count == 5)
    #expect(md[0] == "| A | B | M | N | K | GFLOP/s best | median | of peak |")
    #expect(md[1] == "|---|---|---:|---:|---:|---:|---:|---:|")
    #expect(md[2].hasPrefix("| N | N | 50000 | 4 | 1 | ") && md[3].hasPrefix("| N | T | 5 | "))
    #expect(md[4].hasPrefix("C = A B, f32, "))

    let text = try lines("text")
    try #require(text.count == 5)
    #expect(text.allSatisfy { $0.count <= 80 }, "\(text)")
    #expect(
      text[0].split(separator: " ")
        == ["A", "B", "M", "N", "K", "GFLOP/s", "best", "median", "of", "peak"])
    #expect(text[2].hasPrefix("N  T") && text[2].hasSuffix(" %"))
    #expect(text[3].contains("threads: 1.") && text[4].contains(" GFLOP/s at best."))
  }

  @Test("Shapes come from standard input as well")
  func standardInput() throws {
    let output = Pipe()
    let process = try CommandLineTool.start(
      ["bench", "gemm", "--shapes", "-", "--threads", "1", "--format", "csv"], output: output,
      errors: FileHandle.nullDevice, wrapper: "printf 'N N 3 4 5\\nT N 6 7 8' | \"$0\" \"$@\"")
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = text.split(separator: "\n")
    try #require(lines.count == 3)
    #expect(lines[1].hasPrefix("N,N,3,4,5,f32,1,") && lines[2].hasPrefix("T,N,6,7,8,f32,1,"))
  }

  @Test(
    "A line that is no shape is named, with what was expected and found",
    arguments: [
      "N X 1 2 3", "N N 1 2", "N N 1 2 3 4", "N N 0 2 3", "N N -1 2 3", "N N 1.5 2 3",
      "N N 1 2 99999999999999999999", "NN 1 2 3 4", "hello",
    ])
  func wrongLine(line: String) throws {
    let path = try shapes("N N 1 1 1\n# next\n\(line)\n")
    let outcome = try CommandLineTool.run(["bench", "gemm", "--shapes", path])
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(
      outcome.errors
        == "error: \(path), line 3: expected 'transA transB M N K', two letters of N and T and three "
        + "whole numbers from 1 on, such as N T 64 256 784; found '\(line)'.\n")
  }

  @Test("Files without shapes, missing ones, and shapes larger than memory are errors")
  func wrongFiles() throws {
    func refusal(_ path: String) throws -> String {
      let outcome = try CommandLineTool.run(["bench", "gemm", "--shapes", path])
      #expect(outcome.status == 1 && outcome.output == "")
      return outcome.errors
    }
    #expect(
      try refusal(shapes("\n# none\n"))
        == "error: \(folder.path("shapes.txt")): has no shapes; a line is 'transA transB M N K', such "
        + "as N T 64 256 784.\n")
    #expect(try refusal(folder.path("none")).contains("cannot be opened: No such file"))
    #expect(try refusal("-").hasPrefix("error: standard input: has no shapes"))
    for line in ["N N 9000000 9000000 1", "N N \(Int.max) \(Int.max) \(Int.max)"] {
      let message = try refusal(shapes(line))
      #expect(message.contains(", line 1: its three matrices take "), "\(message)")
      #expect(message.contains("found 'N N 9"))
    }
    // What a file says cannot steer the terminal.
    #expect(try refusal(shapes("N N 1 1 \u{1B}[31m")).contains("found 'N N 1 1 \\u{1b}[31m'"))
  }

  @Test("Types that are not there are refused")
  func types() throws {
    let wrong = try CommandLineTool.run(["bench", "gemm", "--dtype", "int8"])
    #expect(wrong.status == 2 && wrong.errors.contains("int8"))
  }

  @Test("Ctrl-C ends it at once")
  func interrupt() async throws {
    let path = try shapes(
      "N N 2000 2000 2000\n" + String(repeating: "N N 900 900 900\n", count: 999))
    let process = try CommandLineTool.start(
      ["bench", "gemm", "--shapes", path, "--threads", "1"], output: FileHandle.nullDevice,
      errors: FileHandle.nullDevice)
    // Until it has taken over the signal, which would end it otherwise, and is at work.
    while process.isRunning, try !Self.handlesInterrupts(process) {
      try await Task.sleep(for: .milliseconds(10))
    }
    try await Task.sleep(for: .milliseconds(300))
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
  }

  /// Whether the bit of SIGINT is set in what the kernel writes of ignored and of caught signals, as `SigIgn: 0000000000000002`.
  private static func handlesInterrupts(_ process: Process) throws -> Bool {
    let text = try String(
      contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let masks = text.split(separator: "\n").filter {
      $0.hasPrefix("SigIgn:") || $0.hasPrefix("SigCgt:")
    }.compactMap { $0.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) } }
    try #require(masks.count == 2)
    return (masks[0] | masks[1]) & 1 << UInt64(SIGINT - 1) != 0
  }
}

@Suite("tidemill bench elementwise")
struct BenchElementwiseTests {
  private func run(_ arguments: [String]) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(["bench", "elementwise"] + arguments, environment: small)
  }

  @Test("JSON has an object for each operation, with the fewest bytes that must move")
  func json() throws {
    let outcome = try run([
      "--rows", "8", "--columns", "16", "--threads", "2", "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let results = try outcome.json(as: [[String: Any]].self)
    let bytes = results.map { "\($0["name"] ?? ""): \($0["bytes"] ?? "")" }
    #expect(
      bytes == [
        "add: 1536", "chain tanh(a*b+a)*b: 1536", "gelu: 1024", "exp: 1024", "softmax: 1024",
        "layernorm: 1024", "sum all: 512", "sum rows(axis 0): 512", "transpose: 1024",
      ])
    for result in results {
      #expect(result["rows"] as? Int == 8 && result["columns"] as? Int == 16)
      #expect(result["threads"] as? Int == 2)
      for key in ["gb_per_s_best", "gb_per_s_median", "fraction_of_triad", "triad_gb_per_s"] {
        #expect(try #require(result[key] as? Double, "\(key)") > 0, "\(key)")
      }
      #expect((result["flops"] as? Int ?? 0) > 0 || result["name"] as? String == "transpose")
      #expect(result.count == 10)
    }
  }

  @Test("Operations by name, and tables in every format")
  func tables() throws {
    let arguments = ["sum-all", "chain tanh(a*b+a)*b", "--rows", "99999", "--columns", "1"]
    let text = try run(arguments + ["--threads", "1"])
    #expect(text.status == 0, "\(text.errors)")
    try #require(text.lines.count == 5 && text.lines.allSatisfy { $0.count <= 80 })
    #expect(text.lines[1].hasPrefix("sum all") && text.lines[2].hasPrefix("chain tanh(a*b+a)*b"))
    #expect(text.lines[4].hasPrefix("The triad, over three arrays of 3.815 MiB, was "))
    let csv = try run(arguments + ["--format", "csv"]).lines.map { $0.split(separator: ",") }
    try #require(csv.count == 3 && csv.allSatisfy { $0.count == 10 })
    #expect(csv[0][0] == "name" && csv[2][0] == "chain tanh(a*b+a)*b")
    let md = try run(arguments + ["--format", "md"]).lines
    try #require(md.count == 5)
    #expect(md[0] == "| operation | rows | columns | GB/s best | median | of triad |")
    #expect(md[2].hasPrefix("| sum all | 99999 | 1 | "))
  }

  @Test("Two sizes, if none is given")
  func sizes() throws {
    let outcome = try run(["sum-all", "--format", "json"])
    let results = try outcome.json(as: [[String: Any]].self)
    #expect(results.map { $0["rows"] as? Int } == [8192, 256])
    #expect(results.map { $0["columns"] as? Int } == [1024, 1024])
  }

  @Test(
    "Sizes and names that are not possible",
    arguments: [
      (["--rows", "5"], "--rows and --columns go together: give both or none."),
      (["--rows", "0", "--columns", "5"], "--rows must be from 1 to 1073741824, but is 0."),
      (["--rows", "1000000000", "--columns", "1000000000"], "fit into half of the memory"),
      (["sum-none"], "sum-none"),
    ])
  func wrong(arguments: [String], message: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
