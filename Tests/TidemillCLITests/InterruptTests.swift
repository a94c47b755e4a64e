import Foundation
import Testing
import Tidemill

@Suite("Ctrl-C")
struct InterruptTests {
  /// A process, once it has written its first line, which says that training is under way.
  private struct Training {
    let process: Process
    let output = Pipe()
    let errors = Pipe()

    init(_ options: [String], wrapper: String? = nil) throws {
      process = try CommandLineTool.start(
        ["train", "--hidden", "8"] + options, output: output, errors: errors, wrapper: wrapper)
      #expect(!output.fileHandleForReading.availableData.isEmpty)
    }

    /// Waits for the end and gives what is left of both streams.
    func end() -> (output: String, errors: String) {
      let streams = [output, errors].map {
        String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      }
      process.waitUntilExit()
      return (streams[0], streams[1])
    }
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("It ends training with 130 and nothing on standard error")
  func ends() throws {
    let training = try Training(["--epochs", "1000000"])
    training.process.interrupt()
    #expect(training.end().errors == "")
    #expect(training.process.terminationReason == .exit)
    #expect(training.process.terminationStatus == 130)
  }

  @Test("With --save it keeps what was learnt, and says up to where")
  func saves() throws {
    let path = folder.path("digits.safetensors")
    let training = try Training(["--epochs", "1000000", "--save", path])
    training.process.interrupt()
    let (output, errors) = training.end()
    #expect(training.process.terminationReason == .exit)
    #expect(training.process.terminationStatus == 130)
    let match = try #require(
      errors.wholeMatch(
        of:
          /Training was interrupted after epoch (\d+), step (\d+); the parameters reached so far are saved in (.*)\.\n/
      ), "\(errors)")
    #expect(match.3 == path)
    let (epoch, step) = (try #require(Int(match.1)), try #require(Int(match.2)))
    #expect((1...23).contains(step), "1438 samples are 23 batches of 64")
    #expect(!output.contains("test accuracy"))
    #expect(try Checkpoint(path: path).parameters.count == 4)
    // At the end of an epoch the parameters are those of a training of as many epochs.
    guard step == 23 else { return }
    let whole = folder.path("whole.safetensors")
    _ = try CommandLineTool.run(
      ["train", "--hidden", "8", "--epochs", "\(epoch)", "--save", whole])
    let (found, expected) = try (Checkpoint(path: path), Checkpoint(path: whole))
    #expect(found.position == expected.position)
    for (one, other) in zip(found.parameters, expected.parameters) {
      #expect(one.tensor.hasSameBits(as: other.tensor), "\(one.name)")
    }
  }

  @Test("All files are written and named, without --save too, and JSON has the last checkpoint")
  func allFiles() throws {
    let (curves, features) = (folder.path("c.csv"), folder.path("f.png"))
    let path = folder.path("digits.safetensors")
    for save in [[], ["--save", path, "--format", "json"]] {
      let training = try Training(
        ["--epochs", "1000000", "--curves", curves, "--features", features] + save)
      training.process.interrupt()
      let (output, errors) = training.end()
      #expect(training.process.terminationStatus == 130)
      let words =
        save.isEmpty
        ? ". Written: "
        : "; the parameters reached so far are saved in \(path). Also written: "
      #expect(errors.hasPrefix("Training was interrupted after epoch "))
      #expect(errors.hasSuffix("\(words)\(features), \(curves).\n"), "\(errors)")
      if !save.isEmpty {
        let last = try #require(output.split(separator: "\n").last)
        #expect(last.contains("\"event\":\"saved\"") && last.contains("\"best\":false"))
      }
      for file in [curves, features] { try FileManager.default.removeItem(atPath: file) }
    }
  }

  @Test("Where that cannot be saved, the message says so")
  func cannotSave() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("gone"), withIntermediateDirectories: false)
    let training = try Training(["--epochs", "1000000", "--save", folder.path("gone/x")])
    try FileManager.default.removeItem(atPath: folder.path("gone"))
    training.process.interrupt()
    let errors = training.end().errors
    #expect(training.process.terminationStatus == 1)
    #expect(errors.hasPrefix("error: Training was interrupted after epoch "))
    #expect(
      errors.contains(
        ", and the parameters are lost.\n\(folder.path("gone/x")): cannot be written: No such"))
  }

  @Test("It is left alone where it was ignored, as by shells for what runs in the background")
  func ignored() throws {
    // Their lines are more than a pipe holds: it has not ended when the signal comes.
    let training = try Training(["--epochs", "1500"], wrapper: "trap '' INT; exec \"$0\" \"$@\"")
    training.process.interrupt()
    let (output, errors) = training.end()
    #expect(training.process.terminationStatus == 0)
    #expect(output.contains("epoch 1500/1500") && output.contains("test accuracy"))
    #expect(errors == "")
  }

  /// A layer whose file takes a while, of samples that take none.
  @Test("A second one ends it at once, in the middle of a file too, and leaves nothing half done")
  func second() async throws {
    try IDXSamples.write(to: folder.path("data"))
    let path = folder.path("large.safetensors")
    let errors = Pipe()
    let process = try CommandLineTool.start(
      [
        "train", "--dataset", folder.path("data"), "--hidden", "2000,10000", "--epochs", "1",
        "--save", path,
      ], output: FileHandle.nullDevice, errors: errors)
    // The check before training makes such a file for a moment, too.
    while process.isRunning {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      let half = names.first { $0.hasSuffix(".tmp") }
      let size = half.flatMap {
        try? FileManager.default.attributesOfItem(atPath: folder.path($0))[.size] as? Int
      }
      if let size, size > 0 { break }
      try await Task.sleep(for: .milliseconds(1))
    }
    process.interrupt()
    try await Task.sleep(for: .milliseconds(5))
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect([0, 130].contains(process.terminationStatus))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(Set(names).subtracting(["large.safetensors"]) == ["data"], "\(names)")
    if names.contains("large.safetensors") {
      #expect(try Checkpoint(path: path).parameters.count == 6)
    }
  }
}

/// The smallest folder of IDX files: two samples of one pixel and two classes.
enum IDXSamples {
  static func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for part in ["train", "t10k"] {
      let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 255]
      let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]
      for (name, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(part)-\(name)-ubyte"))
      }
    }
  }
}
