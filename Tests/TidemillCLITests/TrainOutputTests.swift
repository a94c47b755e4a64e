import Foundation
import Testing
import Tidemill

@Suite("tidemill train: where results go")
struct TrainOutputTests {
  private static let quick = ["train", "--hidden", "8", "--epochs", "2"]
  /// Their lines are more than a pipe holds: training does not end before somebody reads them.
  private static let many = "1500"
  private static let isFullDeviceThere = FileManager.default.fileExists(atPath: "/dev/full")

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Files that cannot be written are found before training")
  func preflight() throws {
    func refusal(_ arguments: [String]) throws -> String {
      // A million epochs: whoever trains first does not come to an end.
      let outcome = try CommandLineTool.run(["train", "--epochs", "1000000"] + arguments)
      #expect(outcome.status == 2)
      #expect(outcome.output == "")
      return outcome.errors
    }
    let path = folder.url.path
    for option in ["--save", "--features"] {
      #expect(
        try refusal([option, path])
          .hasPrefix("error: \(option): \(path): cannot be written: it is a folder.\n"))
      #expect(
        try refusal([option, ""])
          .hasPrefix("error: \(option) is empty: give the path of a file.\n"))
      #expect(
        try refusal([option, "/dev/null"])
          .hasPrefix("error: \(option): /dev/null: cannot be written: it is no regular file.\n"))
      #expect(
        try refusal([option, "-"])
          .hasPrefix("error: \(option) cannot be written to standard output: give the path of a "))
      // Nobody makes files there, not even root.
      #expect(
        try refusal([option, "/proc/tidemill"])
          .hasPrefix("error: \(option): /proc/tidemill: cannot be written: "))
    }
    #expect(
      try refusal(["--hidden", "200000", "--features", folder.path("f.png")])
        .hasPrefix("error: A picture of 200000 features of 8 x 8 pixels, magnified 6 times, is not")
    )
    #expect(
      try refusal(["--features", folder.path("f.jpg")])
        .hasPrefix(
          "error: --features: \(folder.path("f.jpg")): a picture of this kind is written to "))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test(
    "A file is not written twice, by whatever names", arguments: ["a", "./a", "link", "here/a"])
  func distinctFiles(name: String) throws {
    #expect(symlink("a", folder.path("link")) == 0)
    #expect(symlink(".", folder.path("here")) == 0)
    let outcome = try CommandLineTool.run(
      Self.quick + ["--save", folder.path("a"), "--features", folder.path(name)])
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.hasPrefix(
        "error: --save and --features are the same file, \(folder.path(name)): give each a file of "
          + "its own.\n"), "\(outcome.errors)")
  }

  @Test("Where saving fails after all, the result comes first, then the error")
  func failureAtTheEnd() throws {
    let (output, errors) = (Pipe(), Pipe())
    let save = folder.path("gone/digits.safetensors")
    try FileManager.default.createDirectory(
      atPath: folder.path("gone"), withIntermediateDirectories: false)
    let process = try CommandLineTool.start(
      ["train", "--hidden", "8", "--epochs", Self.many, "--save", save], output: output,
      errors: errors)
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    try FileManager.default.removeItem(atPath: folder.path("gone"))
    let text = Self.rest(of: output)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    for word in ["confusion matrix", "test accuracy", "sha256"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(!text.contains("saved "))
    #expect(
      Self.rest(of: errors)
        == "error: \(save): cannot be written: No such file or directory. A file that was there is "
        + "unchanged.\n")
  }

  @Test("A full standard output does not lose the parameters", .enabled(if: isFullDeviceThere))
  func fullOutput() throws {
    let errors = Pipe()
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let process = try CommandLineTool.start(
      Self.quick + ["--save", folder.path("keep.st")], output: full, errors: errors)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(
      Self.rest(of: errors)
        == "error: Standard output cannot be written: No space left on device.\n")
    try expectSaved(as: Self.quick)
  }

  @Test("A reader that goes away ends a training, but not one whose parameters are to be saved")
  func closedPipe() throws {
    func train(_ options: [String]) throws -> (status: Int32, isSignal: Bool, errors: String) {
      let (output, errors) = (Pipe(), Pipe())
      let process = try CommandLineTool.start(options, output: output, errors: errors)
      #expect(!output.fileHandleForReading.availableData.isEmpty)
      try output.fileHandleForReading.close()
      process.waitUntilExit()
      return (
        process.terminationStatus, process.terminationReason == .uncaughtSignal,
        Self.rest(of: errors)
      )
    }
    let epochs = ["train", "--hidden", "8", "--epochs", Self.many]
    let saving = try train(epochs + ["--save", folder.path("keep.st")])
    #expect(saving.status == 1)
    #expect(saving.errors == "error: Standard output cannot be written: Broken pipe.\n")
    try expectSaved(as: epochs)
    let other = try train(["train", "--hidden", "8", "--epochs", "1000000"])
    #expect(other.isSignal && other.status == SIGPIPE)
  }

  @Test("A closed standard output is named, and nothing else gets its number")
  func closedOutput() throws {
    for save in [[], ["--save", folder.path("keep.st")]] {
      let errors = Pipe()
      let process = try CommandLineTool.start(
        Self.quick + save, output: FileHandle.nullDevice, errors: errors,
        wrapper: "exec \"$0\" \"$@\" >&-")
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      #expect(
        Self.rest(of: errors) == "error: Standard output cannot be written: it is closed.\n")
    }
    try expectSaved(as: Self.quick)
  }

  /// The parameters are those of the same training whose output all was read.
  private func expectSaved(as options: [String]) throws {
    let outcome = try CommandLineTool.run(options + ["--save", folder.path("whole.st")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let files = try ["keep.st", "whole.st"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.path($0)))
    }
    #expect(files[0] == files[1])
  }

  private static func rest(of pipe: Pipe) -> String {
    String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }
}
