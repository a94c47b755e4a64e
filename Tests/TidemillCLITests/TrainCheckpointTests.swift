import Foundation
import Testing
import Tidemill

@Suite("tidemill train: checkpoints")
struct TrainCheckpointTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ options: [String]) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(["train", "--format", "json"] + options)
  }

  private static let quick = ["--hidden", "8", "--epochs", "4", "--batch-size", "200"]

  private func events(_ outcome: CommandLineTool.Outcome) throws -> [[String: Any]] {
    try outcome.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("--save-every, --save-every-steps and --best write files, and JSON says when")
  func events() throws {
    let (file, best) = (folder.path("a"), folder.path("b"))
    let outcome = try train(
      Self.quick + [
        "--save", file, "--save-every", "2", "--save-every-steps", "5", "--best", best,
        "--validation", "0.2",
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let all = try events(outcome)
    // 1150 samples are 6 batches: an epoch ends at steps 6, 12, 18 and 24.
    let saved = all.filter { $0["event"] as? String == "saved" }
    let checkpoints = saved.filter { $0["best"] as? Bool == false }
    #expect(checkpoints.map { $0["step"] as? Int } == [5, 10, 12, 15, 20, 24, 24])
    #expect(checkpoints.allSatisfy { $0["file"] as? String == file })
    let epochs = all.filter { $0["event"] as? String == "epoch" }
    let bestEpochs = epochs.filter { $0["best"] as? Bool == true }.map { $0["epoch"] as? Int }
    #expect(
      saved.filter { $0["file"] as? String == best }.map { $0["epoch"] as? Int } == bestEpochs)
    let checkpoint = try Checkpoint(path: best)
    #expect(checkpoint.position.epoch == bestEpochs.last)
    let result = try outcome.lastObject()
    #expect(result["best_epoch"] as? Int == checkpoint.position.epoch)
    let last = try #require(epochs.last { $0["best"] as? Bool == true })
    for name in ["validation_loss", "validation_accuracy"] {
      #expect(result["best_\(name)"] as? Double == last[name] as? Double && last[name] != nil)
    }
    #expect(result["train_samples"] as? Int == 1150 && result["validation_samples"] as? Int == 288)
    #expect(result["steps"] as? Int == 24 && result["stopped_early"] == nil)
  }

  @Test("--resume goes on to more epochs, with the file's options and with no others")
  func resume() throws {
    let options = ["--hidden", "8", "--dropout", "0.2", "--standardize", "--optimizer", "adam"]
    let whole = try train(options + ["--epochs", "6"]).lastObject()["weights_sha256"] as? String
    let file = folder.path("a")
    #expect(try train(options + ["--epochs", "2", "--save", file]).status == 0)
    let resumed = try train(["--resume", file, "--epochs", "6", "--threads", "3"])
    #expect(try events(resumed).first?["event"] as? String == "resumed")
    #expect(try events(resumed).first?["step"] as? Int == 46)
    #expect(try resumed.lastObject()["weights_sha256"] as? String == whole)
    // The same options once more are no contradiction.
    let again = try train(
      options + ["--resume", file, "--epochs", "6", "--learning-rate", "0.001"])
    #expect(try again.lastObject()["weights_sha256"] as? String == whole)

    let other = try train([
      "--resume", file, "--hidden", "9", "--seed", "1", "--l2", "0.1", "--schedule-factor", "0.5",
    ])
    #expect(other.status == 2 && other.output == "")
    #expect(
      other.errors == "error: --hidden, --l2, --schedule-factor: the training in \(file) was begun "
        + "otherwise, and can only go on as it was. Leave them out.\n")
    let best = try train(["--resume", file, "--best", folder.path("b")])
    #expect(best.status == 2 && best.errors.contains("has no validation to find a best epoch by"))
    let fewer = try train(["--resume", file, "--epochs", "1"])
    #expect(fewer.status == 1)
    #expect(fewer.errors == "error: Training has come to epoch 2, and cannot end at epoch 1.\n")
  }

  @Test("The name of a schedule or a loss once more is no contradiction to its numbers")
  func sameNames() throws {
    let file = folder.path("a")
    let numbers = [
      "--schedule", "step", "--schedule-epochs", "3", "--label-smoothing", "0.1", "--save", file,
    ]
    #expect(try train(Self.quick + numbers).status == 0)
    let names = ["--resume", file, "--schedule", "step", "--loss", "cross-entropy"]
    let outcome = try train(names)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let other = try train(names.dropLast() + ["hinge"])
    #expect(other.errors.hasPrefix("error: --loss: the training in \(file) was begun otherwise"))
  }

  @Test("A training that is complete is only evaluated")
  func complete() throws {
    let file = folder.path("a")
    let first = try train(Self.quick + ["--save", file])
    let copy = folder.path("b")
    let second = try train(["--resume", file, "--save", copy])
    #expect(try Checkpoint(path: copy).position == Checkpoint(path: file).position)
    #expect(second.status == 0, "\(second.errors)")
    for key in ["weights_sha256", "loss", "test_accuracy", "epochs"] {
      #expect(
        "\(try first.lastObject()[key] ?? 1)" == "\(try second.lastObject()[key] ?? 2)", "\(key)")
    }
  }

  @Test("What there was nothing of is said in words")
  func nothing() throws {
    let (file, best) = (folder.path("a"), folder.path("b"))
    let options = Self.quick + ["--validation", "0.2"]
    #expect(try train(options + ["--save", file, "--smallest-gain", "1000"]).status == 0)
    let complete = try CommandLineTool.run(["train", "--resume", file])
    #expect(complete.lines[1] == "nothing is left to do: give more --epochs to go on")
    let more = try CommandLineTool.run(["train", "--resume", file, "--epochs", "6", "--best", best])
    #expect(more.status == 0, "\(more.errors)")
    #expect(
      more.output.contains(
        "\nbest           no epoch was better than epoch 1: not written to \(best)\n"))
    #expect(
      !more.output.contains("nothing is left") && !FileManager.default.fileExists(atPath: best))
    let stopped = folder.path("c")
    let patience = ["--smallest-gain", "1000", "--patience", "1", "--save", stopped]
    #expect(try train(options + patience).status == 0)
    let again = try CommandLineTool.run(["train", "--resume", stopped, "--epochs", "9"])
    #expect(again.lines[1].hasSuffix("this training has stopped for lack of patience"))
  }

  @Test("A data set may move; that it is the same one is seen by its samples")
  func movedData() throws {
    let (old, new, file) = (folder.path("old"), folder.path("new"), folder.path("a"))
    try IDXSamples.write(to: old)
    #expect(
      try train(["--dataset", old, "--hidden", "2", "--epochs", "1", "--save", file]).status == 0)
    try FileManager.default.moveItem(atPath: old, toPath: new)
    for command in [["train", "--resume", file], ["evaluate", "--weights", file]] {
      let lost = try CommandLineTool.run(command)
      #expect(lost.status == 1)
      #expect(
        lost.errors
          == "error: \(old): there is no such file or folder of data.\nThe name '\(old)' is "
          + "that of the checkpoint \(file); --dataset tells where the data are now.\n")
    }
    let resume = ["--resume", file, "--epochs", "2", "--dataset"]
    let resumed = try train(resume + [new, "--save", file])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Checkpoint(path: file).notes["dataset"] == new)
    #expect(try CommandLineTool.run(["evaluate", "--weights", file]).status == 0)
    let other = try train(resume + ["digits"])
    #expect(other.status == 1 && other.errors.contains("features"), "\(other.errors)")
    let labels = new + "/train-labels-idx1-ubyte"
    try Data([0, 0, 8, 1, 0, 0, 0, 2, 1, 0]).write(to: URL(fileURLWithPath: labels))
    let changed = try train(resume + [new])
    #expect(
      changed.status == 1
        && changed.errors.contains("can only go on with the same ones, but others"))
  }

  @Test("Batches larger than the data set can be given again")
  func largeBatches() throws {
    let file = folder.path("a")
    let options = ["--hidden", "none", "--batch-size", "1000000", "--epochs", "2"]
    #expect(try train(options + ["--save", file]).status == 0)
    let outcome = try train(options + ["--resume", file])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("Patience stops training, and says so")
  func patience() throws {
    let options = [
      "--hidden", "8", "--epochs", "500", "--learning-rate", "0.5", "--validation", "0.2",
      "--patience", "3",
    ]
    let result = try train(options).lastObject()
    #expect(result["stopped_early"] as? Bool == true)
    let best = try #require(result["best_epoch"] as? Int)
    #expect(result["epochs"] as? Int == best + 3)
    let text = try CommandLineTool.run(["train"] + options)
    #expect(text.output.contains("best epoch     \(best), validation loss "))
    #expect(text.output.contains("stopped early, its parameters are back"))
    #expect(text.lines[0].contains("  validation "))
  }

  @Test(
    "What does not go together is a mistake of usage",
    arguments: [
      (["--patience", "3"], "--patience needs --validation, the share of samples to judge by."),
      (["--best", "/tmp/b"], "--best needs --validation"),
      (
        ["--validation", "0.1", "--best", "/nonexistent/b"],
        "/nonexistent/b cannot be written: there is no folder /nonexistent."
      ),
      (
        ["--validation", "0.1", "--best", "/tmp/tidemill-b", "--save", "/tmp/tidemill-b"],
        "--save and --best are the same file"
      ),
      (["--save-every", "3"], "--save-every needs --save, the file to write."),
      (["--save-every-steps", "3"], "--save-every-steps needs --save, the file to write."),
      (["--save-every", "0", "--save", "/tmp/b"], "--save-every must be 1 or more, but is 0."),
      (["--margin", "2"], "--margin is for --loss hinge."),
      (["--delta", "2"], "--delta is for --loss huber."),
      (["--loss", "huber", "--delta", "0"], "The delta must be finite and more than 0, but 0.0"),
      (
        ["--beta1", "0.5"], "beta1 is a number of adam, adamw, adamax, nadam, lion, but not of sgd"
      ),
      (["--optimizer", "adam", "--beta2", "1"], "beta2 must be in 0 ..< 1, but 1.0 was given."),
      (["--initial-size", "1"], "--initial-size needs --initializer"),
      (["--initializer", "he", "--initial-size", "1"], "--initial-size is for --initializer orth"),
      (["--initializer", "normal", "--initial-size", "0"], "size of initial weights must be fin"),
      (
        ["--loss", "hinge", "--label-smoothing", "0.1"],
        "--label-smoothing is for --loss cross-entropy."
      ),
      (["--schedule-factor", "0.1"], "--schedule-factor is for --schedule step and exponential."),
      (
        ["--schedule", "cosine", "--schedule-epochs", "3"],
        "--schedule-epochs is for --schedule step."
      ),
      (
        ["--clip-norm", "1", "--clip-value", "1"],
        "--clip-norm and --clip-value are two ways to do one"
      ),
      (["--dropout", "1"], "The dropout must be in 0 ..< 1, but 1.0 was given."),
      (
        ["--validation", "1.5"], "share of samples for validation must be between 0 and 1, but 1.5"
      ),
      (["--label-smoothing", "2"], "The label smoothing must be in 0 ... 1, but 2.0 was given."),
      (["--class-weights", "1,x"], "give numbers with commas between them like 1,2.5,1."),
      (["--warm-up", "-1"], "steps to warm up must be 0 or more, but -1 was given."),
      (["--l1", "-1"], "The l1 penalty must be 0 or more, but -1.0 was given."),
    ])
  func usage(arguments: [String], message: String) throws {
    let outcome = try CommandLineTool.run(["train"] + arguments)
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(
      outcome.errors.hasPrefix("error: ") && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errors.contains("Usage: tidemill train"), "\(outcome.errors)")
  }

  @Test("Each choice has bits of its own")
  func choices() throws {
    var digests: Set<String> = []
    for options in [
      [], ["--dropout", "0.3"], ["--loss", "hinge"], ["--loss", "hinge", "--margin", "0.5"],
      ["--loss", "absolute-error"], ["--loss", "huber"], ["--loss", "huber", "--delta", "0.1"],
      ["--loss", "binary-cross-entropy"], ["--initializer", "orthogonal"],
      ["--initializer", "normal"], ["--initializer", "normal", "--initial-size", "0.1"],
      ["--optimizer", "adam"], ["--optimizer", "adam", "--beta1", "0.5"],
      ["--loss", "squared-error"], ["--label-smoothing", "0.1"],
      ["--class-weights", "1,2,1,1,1,1,1,1,1,1"], ["--l1", "0.01"], ["--l2", "0.01"],
      ["--clip-value", "0.01"], ["--clip-norm", "0.01"], ["--warm-up", "5"], ["--standardize"],
      ["--schedule", "step", "--schedule-epochs", "1"],
      ["--schedule", "step", "--schedule-epochs", "1", "--schedule-factor", "0.5"],
      ["--schedule", "exponential"], ["--schedule", "cosine"],
      ["--schedule", "cosine", "--schedule-last", "0.5"], ["--schedule", "one-cycle"],
      ["--schedule", "one-cycle", "--schedule-rising", "0.5"],
      ["--schedule", "one-cycle", "--schedule-first", "0.5"], ["--validation", "0.1"],
    ] {
      let outcome = try train(Self.quick + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let digest = try #require(try outcome.lastObject()["weights_sha256"] as? String)
      #expect(digests.insert(digest).inserted, "\(options)")
    }
  }

  @Test("Help has the usual learning rates, and fits 80 columns")
  func help() throws {
    let outcome = try CommandLineTool.run(["train", "--help"], environment: ["COLUMNS": "80"])
    #expect(
      outcome.lines.allSatisfy { $0.count <= 80 }, "\(outcome.lines.filter { $0.count > 80 })")
    let text = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      text.contains(
        "(default: 0.05 for sgd and nesterov, 0.01 for adagrad, 0.001 for rmsprop, adam and adamw, 1 "
          + "for adadelta, 0.002 for adamax and nadam, 0.0003 for lion)"))
    for event in ["epoch", "saved", "resumed", "summary", "result"] {
      #expect(text.contains("\"\(event)\""), "\(event)")
    }
    #expect(text.contains("by epoch of this run"))
    #expect(text.contains("that a step keeps, for sgd and nesterov. (default: 0.9)"))
  }
}
