import Foundation
import Testing
import Tidemill

@Suite("tidemill train")
struct TrainTests {
  /// Small and short, as C kernels are slow where they are not optimised.
  private static let quick = ["train", "--hidden", "32", "--epochs", "3", "--format", "json"]

  private static func sha256(_ options: [String]) throws -> String {
    let outcome = try CommandLineTool.run(quick + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(try outcome.lastObject()["weights_sha256"] as? String)
  }

  @Test("JSON: an object for each epoch, and the result at the end")
  func json() throws {
    let outcome = try CommandLineTool.run([
      "train", "--hidden", "64", "--epochs", "6", "--threads", "2", "--format", "json",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.lines.count == 7)
    #expect(outcome.lines.dropLast().allSatisfy { $0.contains("\"event\":\"epoch\"") })
    let result = try outcome.lastObject()
    #expect(result["dataset"] as? String == "digits")
    #expect(result["train_samples"] as? Int == 1438)
    #expect(result["test_samples"] as? Int == 359)
    #expect(result["epochs"] as? Int == 6)
    #expect(result["threads"] as? Int == 2)
    for key in ["loss", "samples_per_second", "seconds", "arena_bytes", "state_bytes"] {
      #expect(try #require(result[key] as? Double) > 0, "\(key)")
    }
    #expect(try #require(result["test_accuracy"] as? Double) > 0.93)
    let digest = try #require(result["weights_sha256"] as? String)
    #expect(digest.count == 64 && digest.allSatisfy(\.isHexDigit))
    let confusion = try #require(result["confusion"] as? [[Int]])
    #expect(confusion.joined().reduce(0, +) == 359)
  }

  @Test("The same bits for any number of threads, at every run, and under the smallest budget")
  func sameBits() throws {
    let digest = try Self.sha256(["--threads", "1"])
    for threads in [1, 2, 3, 8] {
      #expect(try Self.sha256(["--threads", "\(threads)"]) == digest, "\(threads) threads")
    }
    let smallest = try Self.smallestBudget()
    let options = ["--threads", "1", "--memory-budget"]
    #expect(try Self.sha256(options + ["\(smallest)"]) == digest)
    let below = try CommandLineTool.run(Self.quick + options + ["\(smallest - 1)"])
    #expect(below.status == 1)
    #expect(try Self.sha256(["--threads", "1", "--seed", "2"]) != digest)
  }

  @Test("Optimisers, schedules and clipping are options, each with bits of its own")
  func rules() throws {
    var digests = [try Self.sha256([])]
    for options in [
      ["--optimizer", "adam"], ["--optimizer", "nesterov"], ["--schedule", "cosine"],
      ["--schedule", "one-cycle"], ["--clip-norm", "0.5"], ["--momentum", "0.5"],
    ] {
      let digest = try Self.sha256(options)
      #expect(!digests.contains(digest), "\(options)")
      #expect(try Self.sha256(options + ["--threads", "1"]) == digest, "\(options)")
      digests.append(digest)
    }
    // The defaults, spelled out.
    let spelled = ["--optimizer", "sgd", "--learning-rate", "0.05", "--schedule", "constant"]
    #expect(try Self.sha256(spelled + ["--momentum", "0.9"]) == digests[0])
  }

  /// What the error of a budget that is too small names.
  private static func smallestBudget() throws -> Int {
    let outcome = try CommandLineTool.run(
      quick + ["--threads", "1", "--memory-budget", "1"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: The memory budget of 1 bytes is too small. "))
    let match = try #require(
      outcome.errors.firstMatch(of: /smallest that works is (\d+) bytes/))
    return try #require(Int(match.1))
  }

  @Test("Digits: 97.0 % with the defaults, and 97.5 % on average over five seeds")
  func accuracy() throws {
    let accuracies = try (1...5).map { seed in
      let outcome = try CommandLineTool.run([
        "train", "--seed", "\(seed)", "--format", "json",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try #require(try outcome.lastObject()["test_accuracy"] as? Double)
    }
    #expect(accuracies[0] >= 0.97)
    #expect(accuracies.reduce(0, +) / 5 >= 0.975, "\(accuracies)")
  }

  @Test("Plain lines in a pipe, without codes of terminals")
  func text() throws {
    let outcome = try CommandLineTool.run(["train", "--hidden", "16", "--epochs", "2"])
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\r"))
    #expect(outcome.lines[0].hasPrefix("epoch 1/2  loss "))
    #expect(outcome.lines[1].hasPrefix("epoch 2/2  loss "))
    for word in ["confusion matrix", "test accuracy", "samples/s", "arena", "sha256"] {
      #expect(outcome.output.contains(word), "\(word)")
    }
  }

  @Test("Parameters and the picture of features are written")
  func files() throws {
    let folder = try TemporaryFolder()
    let (weights, picture) = (folder.path("digits.safetensors"), folder.path("features.png"))
    let outcome = try CommandLineTool.run(
      Self.quick + ["--save", weights, "--features", picture])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let saved = try Checkpoint(path: weights)
    #expect(saved.parameters.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    #expect(saved.parameters.map(\.tensor.shape) == [[64, 32], [32], [32, 10], [10]])
    #expect(saved.notes == ["dataset": "digits"])
    let png = try Data(contentsOf: URL(fileURLWithPath: picture))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test("Every activation learns", arguments: ["relu", "tanh", "sigmoid", "linear"])
  func activations(name: String) throws {
    let outcome = try CommandLineTool.run(
      Self.quick + ["--activation", name, "--learning-rate", "0.1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try #require(try outcome.lastObject()["test_accuracy"] as? Double) > 0.7)
  }

  @Test("No hidden layer, and batches larger than the data set")
  func extremes() throws {
    let outcome = try CommandLineTool.run([
      "train", "--hidden", "none", "--batch-size", "1000000", "--epochs", "1", "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.lastObject()["test_samples"] as? Int == 359)
  }

  @Test("Thousands of classes have no table, and the right ones are counted all the same")
  func manyClasses() throws {
    let folder = try TemporaryFolder()
    let classes = 4097
    let count = withUnsafeBytes(of: UInt32(classes).bigEndian) { Array($0) }
    let images =
      [0, 0, 8, 3] + count + [0, 0, 0, 1, 0, 0, 0, 1] + Array(repeating: 1, count: classes)
    let labels =
      [0, 0, 0x0b, 1] + count + (0..<classes).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    for part in ["train", "test"] {
      for (name, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("\(part)-\(name)-ubyte")))
      }
    }
    // All samples look the same: exactly one of them is right.
    let outcome = try CommandLineTool.run([
      "train", "--dataset", folder.url.path, "--hidden", "none", "--epochs", "1",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(" (1 of 4097)"))
    #expect(!outcome.output.contains("confusion"))
  }
}
