import Foundation
import Testing
import Tidemill

@Suite("tidemill train: mistakes")
struct TrainErrorTests {
  @Test("An unknown data set names those that there are")
  func unknownDataset() throws {
    let outcome = try CommandLineTool.run(["train", "--dataset", "cats"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(
      outcome.errors
        == "error: There is no data set 'cats'. Use digits, fashion-mnist or the path of "
        + "an NPZ or CSV file or of a folder with IDX files, NPY files or pictures.\n")
  }

  @Test("A missing folder is named")
  func missingFolder() throws {
    let outcome = try CommandLineTool.run(["train", "--dataset", "/nonexistent/data"])
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == "error: /nonexistent/data: there is no such file or folder of data.\n")
  }

  @Test(
    "Numbers out of range are mistakes of usage",
    arguments: [
      (["--batch-size", "0"], "--batch-size must be 1 or more, but is 0."),
      (["--batch-size", "-4"], "--batch-size must be 1 or more, but is -4."),
      (["--epochs", "-1"], "--epochs must be 1 or more, but is -1."),
      (["--epochs", "0"], "--epochs must be 1 or more, but is 0."),
      (["--threads", "0"], "--threads must be from 1 to 4095, but is 0."),
      (["--threads", "4096"], "--threads must be from 1 to 4095, but is 4096."),
      (["--learning-rate", "-1"], "The learning rate must be 0 or more, but -1.0 was given."),
      (["--learning-rate", "nan"], "The learning rate must be 0 or more, but nan was given."),
      (["--learning-rate", "inf"], "The learning rate must be finite as a float32, but inf was"),
      (["--momentum", "1"], "The momentum must be in 0 ..< 1, but 1.0 was given."),
      (
        ["--optimizer", "adam", "--momentum", "0.5"],
        "--momentum is for sgd and nesterov; leave it out with --optimizer adam."
      ),
      (["--optimizer", "newton"], "The value 'newton' is invalid for '--optimizer"),
      (["--schedule", "weekly"], "The value 'weekly' is invalid for '--schedule"),
      (["--clip-norm", "0"], "gradient norm must be finite and more than 0, but 0.0 was given."),
      (["--weight-decay", "-2"], "The weight decay must be 0 or more, but -2.0 was given."),
      // Before data are looked for.
      (
        ["--dataset", "/none", "--weight-decay", "inf"],
        "decay must be finite as a float32, but inf"
      ),
      (["--hidden", "12,x"], "give whole numbers with commas between them"),
      (["--hidden", "0"], "a layer has from 1 to 1048576 units, not 0."),
      (["--hidden", "-5"], "a layer has from 1 to 1048576 units, not -5."),
      (["--memory-budget", "-1"], "give a number of bytes like 64MiB"),
      (["--memory-budget", "64parsecs"], "give a number of bytes like 64MiB"),
      (["--activation", "step"], "The value 'step' is invalid for '--activation"),
      (["--save", "/nonexistent/x"], "there is no folder /nonexistent."),
      (["--colour"], "Unknown option '--colour'"),
    ])
  func usage(arguments: [String], message: String) throws {
    let outcome = try CommandLineTool.run(["train"] + arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("A loss that is not finite stops training, names the step, and keeps what was before it")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("digits.safetensors")
    let outcome = try CommandLineTool.run([
      "train", "--hidden", "16", "--learning-rate", "1e30", "--save", path, "--format", "json",
    ])
    #expect(outcome.status == 1)
    #expect(outcome.lines.count == 1)
    #expect(try outcome.lastObject()["event"] as? String == "saved")
    let message = try #require(
      outcome.errors.wholeMatch(
        of: /error: Step (\d+): .*not finite\..* are saved in (.*)\.\n/))
    #expect(message.2 == path)
    #expect(try #require(Int(message.1)) > 0)
    #expect(try Checkpoint(path: path).parameters.count == 4)
  }

  @Test("Weights that are not one for each class are counted")
  func classWeights() throws {
    let outcome = try CommandLineTool.run(["train", "--class-weights", "1,2"])
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(
      outcome.errors
        == "error: There must be a weight for each of the 10 classes, but 2 were given.\n")
  }

  @Test("Parameters that are not finite do not replace a file")
  func notFiniteParameters() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("digits.safetensors")
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    // One step: its loss is finite, its update is not.
    let outcome = try CommandLineTool.run([
      "train", "--hidden", "none", "--epochs", "1", "--batch-size", "2000", "--learning-rate",
      "1e20",
      "--weight-decay", "1e30", "--save", path, "--format", "json",
    ])
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: Training diverged: "))
    #expect(
      outcome.errors.hasSuffix(
        "\n\(path): is not written, as the parameters are not finite any more.\n"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
  }

  @Test("A network that no machine has memory for is refused at once", .timeLimit(.minutes(1)))
  func tooLarge() throws {
    let outcome = try CommandLineTool.run(["train", "--hidden", "1048576,1048576"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(
      outcome.errors.hasPrefix(
        "error: The network has 1099591319562 parameters, which take 8796730556496 bytes with what "
          + "the optimiser keeps for them, but this machine has "), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix(" bytes of memory. Use fewer or smaller hidden layers.\n"))
  }

  @Test("A full standard output is noticed", .enabled(if: isFullDeviceThere))
  func fullOutput() throws {
    let process = Process()
    process.executableURL = try CommandLineTool.executable()
    process.arguments = ["topology"]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(message == "error: Standard output cannot be written: No space left on device.\n")
  }

  private static var isFullDeviceThere: Bool { FileManager.default.fileExists(atPath: "/dev/full") }
}
