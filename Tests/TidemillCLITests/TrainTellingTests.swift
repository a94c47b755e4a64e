import Foundation
import Testing
import Tidemill

@Suite("tidemill train: what it tells beside the usual")
struct TrainTellingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let quick = ["--hidden", "8,6", "--epochs", "3", "--batch-size", "200"]

  private func train(_ options: [String]) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(["train"] + Self.quick + options)
  }

  private struct Epoch: Decodable {
    let epoch, loss, accuracy, validation_loss, validation_accuracy: Double

    var numbers: [Double] { [epoch, loss, accuracy, validation_loss, validation_accuracy] }
  }

  @Test("--curves has the numbers that the epochs had, as a table and as a picture")
  func curves() throws {
    let (table, picture) = (folder.path("c.csv"), folder.path("c.svg"))
    let options = ["--validation", "0.2", "--format", "json"]
    let outcome = try train(options + ["--curves", table])
    // JSONSerialization would not give all bits of a number.
    let epochs = try outcome.lines.dropLast().map {
      try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)).numbers
    }
    let names = ["epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"]
    let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(rows.first.map(String.init) == names.joined(separator: ","))
    #expect(rows.count == 4 && epochs.count == 3)
    for (row, epoch) in zip(rows.dropFirst(), epochs) {
      #expect(row.split(separator: ",").map { Double($0) } == epoch)
    }
    #expect(try train(options + ["--curves", picture]).status == 0)
    let svg = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("validation"))
  }

  @Test("A training that goes on draws the epochs that it made, by their numbers")
  func resumedCurves() throws {
    let (file, table) = (folder.path("a"), folder.path("c.csv"))
    #expect(try train(["--save", file]).status == 0)
    let outcome = try CommandLineTool.run([
      "train", "--resume", file, "--epochs", "5", "--curves", table,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(rows.dropFirst().map { $0.prefix(2) } == ["4,", "5,"])
    let told = try CommandLineTool.run(["train", "--resume", file, "--epochs", "4", "--gradients"])
    #expect(told.output.contains("  gradient norms  0: "))
  }

  @Test("Another ending of a file's name is refused before training")
  func otherEnding() throws {
    let outcome = try train(["--curves", folder.path("c.png")])
    #expect(outcome.status == 2 && outcome.errors.contains("ends in .svg"))
    #expect(outcome.output.isEmpty)
  }

  @Test("--summary has a row for each layer, and --gradients a number for each")
  func summaryAndGradients() throws {
    let outcome = try train(["--summary", "--gradients"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.allSatisfy { $0.count <= 80 })
    // 64·8 + 8, 8·6 + 6, 6·10 + 10
    for count in ["520", "54", "70"] {
      #expect(outcome.lines.contains { $0.contains("Linear") && $0.contains(" \(count) ") })
    }
    let norms = outcome.lines.filter { $0.hasPrefix("  gradient norms  0: ") }
    let shares = outcome.lines.filter { $0.hasPrefix("  zero shares     1: ") }
    #expect(norms.count == 3 && norms.allSatisfy { $0.contains("  2: ") && $0.contains("  4: ") })
    #expect(shares.count == 3 && shares.allSatisfy { $0.contains("  3: ") })
  }

  @Test("Lines fit 80 columns with validation too, and 16 digits of the hash are told")
  func width() throws {
    let outcome = try train(["--validation", "0.2"])
    #expect(outcome.lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
    #expect(outcome.lines[0].contains("  validation "))
    let digest = try #require(
      try train(["--validation", "0.2", "--format", "json"]).lastObject()["weights_sha256"]
        as? String)
    #expect(digest.count == 64)
    #expect(outcome.output.contains(" sha256 \(digest.prefix(16))\n"))
    let long = try train(["--validation", "0.2", "--epochs", "1000", "--batch-size", "1150"])
    #expect(long.lines.allSatisfy { $0.count <= 80 }, "\(long.lines.filter { $0.count > 80 })")
    #expect(long.lines[999].hasPrefix("epoch 1000/1000  loss "))
  }

  @Test(
    "A terminal keeps a line for each epoch that was judged",
    .enabled(if: CommandLineTool.system("script") != nil))
  func terminal() throws {
    for (options, count) in [(["--validation", "0.2"], 3), ([], 0)] {
      let output = Pipe()
      let process = try CommandLineTool.start(
        ["train"] + Self.quick + options, environment: ["TERM": "xterm"], output: output,
        errors: FileHandle.nullDevice, wrapper: "script -qec \"$0 $*\" /dev/null")
      let text = String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(text.contains("\u{1B}["))
      let kept = text.split(whereSeparator: \.isNewline).filter { $0.contains("  validation ") }
      #expect(kept.count == count, "\(text)")
    }
  }

  @Test("Means over classes and the top three are those of the confusions")
  func scores() throws {
    let result = try train(["--format", "json"]).lastObject()
    let confusion = try #require(result["confusion"] as? [[Int]])
    let recalls = confusion.indices.map { row in
      Double(confusion[row][row]) / Double(confusion[row].reduce(0, +))
    }
    let precisions = confusion.indices.map { column in
      let taken = confusion.map { $0[column] }.reduce(0, +)
      return taken == 0 ? 0 : Double(confusion[column][column]) / Double(taken)
    }
    let f1 = zip(precisions, recalls).map { $0 + $1 == 0 ? 0 : 2 * $0 * $1 / ($0 + $1) }
    for (key, values) in [
      ("macro_precision", precisions), ("macro_recall", recalls), ("macro_f1", f1),
    ] {
      let found = try #require(result[key] as? Double)
      #expect(abs(found - values.reduce(0, +) / 10) < 1e-12, "\(key)")
    }
    let (accuracy, top) = (result["test_accuracy"] as? Double, result["top3_accuracy"] as? Double)
    #expect(try #require(top) > #require(accuracy))
    let text = try train([]).output
    let percent = NumberText.percent(try #require(top))
    #expect(text.contains("\ntop-3 accuracy \(percent)\n"))
    #expect(text.contains("\nclass means    precision "))
  }

  @Test("Figures of many layers are in several lines")
  func manyLayers() throws {
    let sizes = Array(repeating: "4", count: 12).joined(separator: ",")
    let outcome = try CommandLineTool.run([
      "train", "--hidden", sizes, "--epochs", "1", "--gradients",
    ])
    #expect(outcome.lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("weights") })
    let start = try #require(outcome.lines.firstIndex { $0.hasPrefix("  gradient norms  0: ") })
    let end = try #require(outcome.lines.firstIndex { $0.hasPrefix("  zero shares     1: ") })
    #expect(end > start + 1)
    #expect(outcome.lines[start..<end].joined().matches(of: /\d+:/).count == 13)
  }

  @Test("Figures change nothing of what is learned, and are in JSON too")
  func sameBits() throws {
    let plain = try train(["--format", "json"])
    let told = try train(["--format", "json", "--gradients", "--summary"])
    let digest = try plain.lastObject()["weights_sha256"] as? String
    #expect(try told.lastObject()["weights_sha256"] as? String == digest)
    let events = try told.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let summary = try #require(events.first?["summary"] as? [String: Any])
    #expect(summary["parameters"] as? Int == 644)
    let norms = try #require(events[1]["gradient_norms"] as? [[String: Any]])
    #expect(norms.map { $0["layer"] as? String } == ["0", "2", "4"])
    #expect(norms.allSatisfy { ($0["value"] as? Double ?? 0) > 0 })
  }
}
