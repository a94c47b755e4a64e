import Foundation
import Testing
import Tidemill

/// kill -9 at 100 random moments, 10 for each optimiser: the file is always the last whole one, and going on from
/// it comes to the weights of a training that was left alone.
@Suite("tidemill train: kill -9")
struct KillTests {
  private static let kills = 10
  /// Steps, 840 of them, for longer than all kills together let it run.
  private static let options = [
    "--hidden", "6", "--epochs", "40", "--dropout", "0.1", "--schedule", "cosine", "--validation",
    "0.1", "--threads", "1", "--format", "json",
  ]

  @Test("Going on is the same as not stopping", arguments: OptimizerChoice.allCases)
  func kills(choice: OptimizerChoice) throws {
    var generator = SeededGenerator(
      seed: 1, stream: UInt64(choice.rawValue.utf8.reduce(0) { $0 + Int($1) }))
    let folder = try TemporaryFolder()
    let options = Self.options + ["--optimizer", choice.rawValue]
    let whole = try CommandLineTool.run(["train"] + options)
    let expected = try #require(try whole.lastObject()["weights_sha256"] as? String)

    let (file, best) = (folder.path("training.safetensors"), folder.path("best.safetensors"))
    let saving = ["--save", file, "--save-every-steps", "1", "--best", best, "--format", "json"]
    func arguments() -> [String] {
      let isThere = FileManager.default.fileExists(atPath: file)
      return ["train"] + (isThere ? ["--resume", file, "--threads", "1"] : options) + saving
    }
    var last = -1
    for kill in 0..<Self.kills {
      let output = Pipe()
      let process = try CommandLineTool.start(
        arguments(), output: output, errors: FileHandle.nullDevice)
      // After some checkpoints, and then anywhere: in a step, in a file, between them.
      var saves = generator.index(below: 7)
      while saves > 0 {
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        try #require(!text.isEmpty, "it ended before it was killed")
        saves -= text.ranges(of: "\"event\":\"saved\"").count
      }
      usleep(UInt32(generator.index(below: kill == 0 ? 50_000 : 4_000)))
      #expect(Foundation.kill(process.processIdentifier, SIGKILL) == 0)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal, "seed 1, kill \(kill)")
      guard FileManager.default.fileExists(atPath: file) else { continue }
      let step = try Checkpoint(path: file).position.step
      #expect(step >= last, "the file went back")
      last = step
      if FileManager.default.fileExists(atPath: best) { _ = try Checkpoint(path: best) }
    }
    #expect((1..<840).contains(last))
    let end = try CommandLineTool.run([
      "train", "--resume", file, "--save", file, "--format", "json",
    ])
    #expect(end.status == 0, "\(end.errors)")
    #expect(try end.lastObject()["weights_sha256"] as? String == expected)
    #expect(try end.lastObject()["loss"] as? Double == (try whole.lastObject()["loss"] as? Double))
  }
}
