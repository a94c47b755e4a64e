import Foundation
import Testing

/// Python, where it is installed: `TIDEMILL_PYTHON`, or `python3` on the path.
enum InstalledPython {
  private static let program = ProcessInfo.processInfo.environment["TIDEMILL_PYTHON"] ?? "python3"

  /// Whether all of these modules are there.
  static func has(_ modules: String...) -> Bool {
    modules.allSatisfy { (try? run("import \($0)")) != nil }
  }

  /// What a skipped test says.
  static func needs(_ modules: String) -> Comment {
    "needs Python with \(modules): python3, or what TIDEMILL_PYTHON names"
  }

  struct Failure: Error {
    let output: String
  }

  /// Runs a program and returns what it prints.
  ///
  /// - Throws: what it printed, where it fails.
  @discardableResult
  static func run(_ text: String, _ arguments: [String] = []) throws -> String {
    try run(["-c", text] + arguments)
  }

  /// The same for a program in a file.
  static func run(file: String, _ arguments: [String]) throws -> String {
    try run([file] + arguments)
  }

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program, "-W", "ignore"] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let printed = String(decoding: bytes, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(output: printed) }
    return printed
  }
}
