import Foundation
import Testing

/// The built executable, run as a process of its own.
enum CommandLineTool {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Standard output as one JSON value.
    func json<T>(as _: T.Type = T.self) throws -> T {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return try #require(value as? T)
    }

    /// The last line of standard output as a JSON object.
    func lastObject() throws -> [String: Any] {
      let line = try #require(lines.last, "no output; errors: \(errors)")
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return try #require(value as? [String: Any])
    }
  }

  /// Runs `tidemill` to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemill-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files and not pipes: a process that writes much never waits for its reader.
    let output = try emptyFile(folder.appendingPathComponent("output"))
    let errors = try emptyFile(folder.appendingPathComponent("errors"))

    let process = try start(
      arguments, environment: environment, output: FileHandle(forWritingTo: output),
      errors: FileHandle(forWritingTo: errors))
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Starts `tidemill`.
  ///
  /// - Parameters:
  ///   - output: A file handle or a pipe for standard output; `errors` the same.
  ///   - wrapper: A command of the shell that starts it, as `"$0" "$@"`.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], output: Any, errors: Any,
    wrapper: String? = nil
  ) throws -> Process {
    let process = Process()
    let tool = try executable()
    process.executableURL = wrapper == nil ? tool : URL(fileURLWithPath: "/bin/sh")
    process.arguments = (wrapper.map { ["-c", $0, tool.path] } ?? []) + arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }

  private static func emptyFile(_ file: URL) throws -> URL {
    try Data().write(to: file)
    return file
  }

  /// SwiftPM puts it beside the program that runs the tests.
  static func executable() throws -> URL {
    let running = ["/proc/self/exe", CommandLine.arguments[0]].map {
      URL(fileURLWithPath: $0).resolvingSymlinksInPath()
    }
    let places = running + Bundle.allBundles.map(\.bundleURL)
    let found = places.flatMap { place in
      [
        place.deletingLastPathComponent(),
        place.deletingLastPathComponent()
          .deletingLastPathComponent(),
      ]
    }
    .map { $0.appendingPathComponent("tidemill") }
    .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    return try #require(found, "tidemill is not beside \(places.map(\.path)); build it first")
  }

  /// Where a program of the system is, if it is installed.
  static func system(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}

/// A folder that is removed with the last reference to it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemill-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// The path of a file in it.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  deinit { try? FileManager.default.removeItem(at: url) }
}
