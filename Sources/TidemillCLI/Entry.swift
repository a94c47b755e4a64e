import ArgumentParser
import Foundation
import Tidemill

/// Where the program starts: runs the command, and makes errors sentences and exit codes.
///
/// 0 is success, 1 an error, 2 a command line that cannot be understood, 3 a plan that does not fit,
/// 130 an interrupt.
@main
enum Entry {
  static func main() {
    Output.fillClosedStreams()
    let interrupt = Interrupt.watch()
    let status = withExtendedLifetime(interrupt) { run() }
    exit(status)
  }

  private static func run() -> Int32 {
    do {
      var command = try TidemillCommand.parseAsRoot()
      let arguments = Array(CommandLine.arguments.dropFirst())
      if let expanded = try (command as? TrainCommand)?.expanding(arguments) {
        command = try TidemillCommand.parseAsRoot(expanded)
      }
      try command.run()
      return ExitStatus.success
    } catch {
      return report(error)
    }
  }

  /// Writes what there is to say about an error.
  ///
  /// - Returns: The exit code.
  private static func report(_ error: any Error) -> Int32 {
    if let error = error as? TidemillError {
      Output.error("error: \(error.message)")
      return error.code == .argument ? ExitStatus.usage : ExitStatus.failure
    }
    if let error = error as? OutOfReach {
      Output.error("error: \(error.message)")
      return ExitStatus.outOfReach
    }
    if let error = error as? Interrupted {
      Output.error(error.message)
      return ExitStatus.interrupted
    }
    let message = TidemillCommand.fullMessage(for: error)
    switch TidemillCommand.exitCode(for: error) {
    case .success:  // a request for help or for the version
      do { try Output.line(message) } catch { return report(error) }
      return ExitStatus.success
    case .validationFailure:
      Output.error(message.replacing("Error: ", with: "error: ", maxReplacements: 1))
      return ExitStatus.usage
    default:
      Output.error("error: \(error.localizedDescription)")
      return ExitStatus.failure
    }
  }
}

/// What the program returns to its caller.
enum ExitStatus {
  static let success: Int32 = 0
  static let failure: Int32 = 1
  static let usage: Int32 = 2
  static let outOfReach: Int32 = 3
  static let interrupted: Int32 = 130
}

/// No plan was found within what is asked for.
struct OutOfReach: Error {
  let message: String
}
