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
    #expect(outcome.lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("weights") })
    // 64·8 + 8, 8·6 + 6, 6·10 + 10
    for count in ["520", "54", "70"] {
      #expect(outcome.lines.contains { $0.contains("Linear") && $0.contains(" \(count) ") })
    }
    let norms = outcome.lines.filter { $0.hasPrefix("  gradient norms  0: ") }
    let shares = outcome.lines.filter { $0.hasPrefix("  zero shares     1: ") }
    #expect(norms.count == 3 && norms.allSatisfy { $0.contains("  2: ") && $0.contains("  4: ") })
    #expect(shares.count == 3 && shares.allSatisfy { $0.contains("  3: ") })
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
