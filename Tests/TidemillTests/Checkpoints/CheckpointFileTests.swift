import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// What is in a checkpoint's file, and what is said of one that is not as it should be.
@Suite struct CheckpointFileTests {
  let folder: TemporaryFolder
  let training: ClassifierTraining

  init() throws {
    folder = try TemporaryFolder()
    training = try SmallClassifier { options in
      options.optimizer = .adam
      options.learningRate = 1e-3
      options.standardizes = true
      options.validation = ValidationOptions(share: 0.2, patience: 2)
    }.training()
    training.notes = ["dataset": "a few digits"]
    var course = Course()
    try course.follow(training, upTo: 11)
  }

  private func written() throws -> Safetensors {
    try training.checkpoint().write(to: folder("good"))
    return try Safetensors(path: folder("good"))
  }

  @Test func everythingComesBack() throws {
    let before = try training.checkpoint()
    try before.write(to: folder("good"))
    let after = try Checkpoint(path: folder("good"))
    #expect(differences(after.parameters, before.parameters) == [])
    #expect(
      differences(
        after.optimizerState.sorted { $0.name < $1.name },
        before.optimizerState.sorted { $0.name < $1.name }) == [])
    #expect(differences(after.bestParameters, before.bestParameters) == [])
    #expect(after.bestParameters.count == 4)
    #expect(after.standardization == before.standardization)
    #expect(after.architecture == before.architecture)
    #expect(after.options == before.options)
    #expect(after.samples == before.samples)
    #expect(after.samples.classNames[3] == "a 3")
    #expect(after.position == before.position)
    #expect(after.best == before.best && after.best?.epoch == 1)
    #expect(after.notes == ["dataset": "a few digits"])
    // Equal checkpoints are equal files.
    try after.write(to: folder("again"))
    #expect(try contents(folder("again")) == contents(folder("good")))
  }

  /// Weights under their plain names, all else with a prefix; elements at multiples of their size.
  @Test func names() throws {
    let file = try written()
    let plain = file.tensors.map(\.name).filter { !$0.contains(":") }
    #expect(plain == ["0.weight", "0.bias", "3.weight", "3.bias"])
    #expect(file["optimizer:0.weight.averageGradient"]?.shape == [64, 12])
    #expect(file["optimizer:3.bias.step"]?.dtype == .float64)
    #expect(file["standardization:mean"]?.shape == [64])
    #expect(file["best:3.bias"]?.shape == [10])
    var offset = 0
    for (name, tensor) in file.tensors {
      #expect(offset % tensor.dtype.size == 0, "\(name)")
      offset += tensor.type.byteCount
    }
  }

  @Test func parametersAlone() throws {
    try Safetensors(training.store.tensors, metadata: ["seed": "1"]).write(to: folder("old"))
    let error = failure { _ = try Checkpoint(path: folder("old")) }
    #expect(error.code == .checkpoint)
    #expect(
      error.message == "\(folder("old")): holds tensors, but is no checkpoint: there is no "
        + "'tidemill.checkpoint' in its metadata. Files of parameters alone do not say what network "
        + "they belong to; train and save again.")
  }

  /// Every piece of metadata is needed, and every field of it.
  @Test func missingFields() throws {
    let file = try written()
    let own = file.metadata.filter { $0.key.hasPrefix("tidemill.") }
    #expect(own.count == 6)
    for (name, text) in own where name != "tidemill.checkpoint" {
      if name != "tidemill.architecture" {
        let message = try refusal(file.tensors, file.metadata.filter { $0.key != name })
        #expect(message.contains("'\(name)' is missing"), "\(message)")
      }
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      for field in object.keys where !["best", "clipping", "validation"].contains(field) {
        var less = object
        less[field] = nil
        let message = try refusal(file.tensors, file.metadata, name, less)
        #expect(message.contains("\(name): '\(field)' is missing"), "\(message)")
        var wrong = object
        wrong[field] = object[field] is String ? [:] as Any : "three"
        let other = try refusal(file.tensors, file.metadata, name, wrong)
        #expect(other.contains("\(name): '\(field)"), "\(other)")
      }
      var more = object
      more["surprise"] = 1
      let message = try refusal(file.tensors, file.metadata, name, more)
      #expect(message.contains("\(name): there is no field 'surprise'"), "\(message)")
    }
  }

  @Test(arguments: [
    (
      "tidemill.checkpoint", "1", "2", "is a checkpoint of version '2', and only version '1' can be"
    ),
    ("tidemill.position", "\"epoch\":2", "\"epoch\":4", "epoch must be one of 1 ... 3, but 4 was"),
    ("tidemill.position", "\"step\":11", "\"step\":10", "steps done must be 11, but 10 was given"),
    (
      "tidemill.position", "\"samples\":", "\"samples\":1",
      "samples done must be whole batches of 16"
    ),
    ("tidemill.position", "\"hits\":", "\"hits\":-", "right samples must be in 0 ..."),
    (
      "tidemill.position", "\"lossWeight\":48", "\"lossWeight\":0",
      "must be more than 0 just where samples are done, but 0.0"
    ),
    (
      "tidemill.options", "\"share\":", "\"surprise\":1,\"share\":",
      "there is no field 'validation.surprise'"
    ),
    (
      "tidemill.validation", "\"accuracy\":", "\"accuracy\":1",
      "best accuracy must be in 0 ... 1, but 1"
    ),
    (
      "tidemill.options", "\"smoothing\":0", "\"classWeights\":[1],\"smoothing\":0",
      "a weight for each of the 10 classes, but 1 were given"
    ),
    (
      "tidemill.options", "\"momentum\":0.9", "\"momentum\":1.9",
      "momentum must be in 0 ..< 1, but 1.9"
    ),
    (
      "tidemill.options", "\"adam\"", "\"newton\"", "'optimizer' has a value that is not possible: "
    ),
    (
      "tidemill.options", "\"momentum\"", "\"epochs\":3,\"momentum\"",
      "the name 'epochs' is there twice"
    ),
    (
      "tidemill.options", "\"standardizes\":true", "\"standardizes\":false",
      "is there, but nothing is"
    ),
    ("tidemill.architecture", "[12]", "[12,12]", "its network has 6 parameters, but 4 are there"),
    (
      "tidemill.architecture", "[12]", "[13]",
      "'0.weight' should be float32[64, 13], but is float32"
    ),
    (
      "tidemill.architecture", "[12]", "[-1]",
      "size of a hidden layer must be 1 or more, but -1 was"
    ),
    ("tidemill.architecture", "[12]", "[1.5]", "has a fraction where it must be whole"),
    (
      "tidemill.samples", "\"imageWidth\":8", "\"imageWidth\":9",
      "inputs must be that of 8 x 9 pixels"
    ),
    ("tidemill.samples", "\"count\":150", "\"count\":0", "number of samples must be 1 or more"),
    (
      "tidemill.samples", "[\"a 0\",", "[", "must be one for each of the 10 classes, or none, but 9"
    ),
    (
      "tidemill.validation", "\"epoch\":1", "\"epoch\":7",
      "best epoch must be one of 1 ... 2, but 7"
    ),
    (
      "tidemill.validation", "\"hasStopped\":false", "\"hasStopped\":true",
      "only have stopped early"
    ),
  ])
  func impossibleValues(name: String, old: String, new: String, message: String) throws {
    let file = try written()
    var metadata = file.metadata
    let text = try #require(metadata[name])
    #expect(text.contains(old), "\(text)")
    metadata[name] = text.replacing(old, with: new, maxReplacements: 1)
    let found = try refusal(file.tensors, metadata)
    #expect(found.contains(message), "\(found)")
    #expect(found.hasPrefix("\(folder("bad")): "))
  }

  /// What a later format might say is not passed over.
  @Test func unknownMetadata() throws {
    let file = try written()
    let more = file.metadata.merging(["tidemill.surprise": "1"]) { old, _ in old }
    #expect(
      try refusal(file.tensors, more)
        .contains("nothing in this format is called 'tidemill.surprise'"))
  }

  /// Samples of more classes than the network has are not those that it was trained on.
  @Test func moreClassesThanOutputs() throws {
    let file = try written()
    let name = "tidemill.samples"
    let text = try #require(file.metadata[name])
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    object["classes"] = 11
    object["classNames"] = [String]()
    let message = try refusal(file.tensors, file.metadata, name, object)
    #expect(message.contains("must be at least the 11 of the samples, but 10"), "\(message)")
  }

  @Test func tensorsThatAreNotAsTheyShouldBe() throws {
    let file = try written()
    for name in ["0.bias", "best:0.bias", "standardization:scale"] {
      let without = try refusal(file.tensors.filter { $0.name != name }, file.metadata)
      #expect(without.contains("is no valid checkpoint: "), "\(without)")
      let other = try file.tensors.map {
        $0.name == name ? (name: name, tensor: try Tensor(zeros: [3])) : $0
      }
      let wrong = try refusal(other, file.metadata)
      #expect(wrong.contains("is no valid checkpoint: "), "\(wrong)")
    }
    let more = file.tensors + [(name: "stray", tensor: try Tensor(zeros: [3]))]
    #expect(try refusal(more, file.metadata).contains("4 parameters, but 5 are there"))
    let twice = file.tensors + [(name: "best:stray", tensor: try Tensor(zeros: [3]))]
    #expect(
      try refusal(twice, file.metadata)
        .contains("4 parameters of the best epoch must be there, not 5"))
    let narrow = try file.tensors.map {
      $0.name.hasPrefix("standardization:")
        ? (name: $0.name, tensor: try Tensor([1, 1, 1] as [Double])) : $0
    }
    #expect(
      try refusal(narrow, file.metadata)
        .contains("'standardization:mean' has 3 elements for 64 features"))
    // What an optimiser keeps is its own affair, and checked where training goes on.
    let name = "optimizer:0.bias.step"
    try Safetensors(file.tensors.filter { $0.name != name }, metadata: file.metadata)
      .write(to: folder("bad"))
    let checkpoint = try Checkpoint(path: folder("bad"))
    #expect(
      try message { try ClassifierTraining(resuming: checkpoint) }
        == "Training cannot go on: The optimiser keeps '0.bias.step', which was not given.")
    _ = try Classifier(checkpoint)
  }

  /// Nothing that a file can hold ends the program.
  @Test func damage() throws {
    try training.checkpoint().write(to: folder("good"))
    let good = try contents(folder("good"))
    var refused = 0
    let header = 8 + good[..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    for bytes in damaged(Array(good[..<header]), seed: 7, count: 300) {
      let path = try folder.file("damaged", bytes + good[header...])
      do {
        let checkpoint = try Checkpoint(path: path)
        _ = try? ClassifierTraining(resuming: checkpoint)
      } catch let error as TidemillError {
        #expect(error.message.hasPrefix(path), "\(error.message)")
        refused += 1
      }
    }
    #expect(refused > 250)
  }

  @Test func whatIsNotWritten() throws {
    training.notes["tidemill.x"] = "1"
    #expect(
      try message { try training.checkpoint().write(to: folder("new")) }
        .contains("the note 'tidemill.x' needs another name"))
    let layers = Sequential { Linear(64, 10).named("best:layer") }
    let other = try ClassifierTraining(layers, features: 64, SmallClassifier().options)
    try other.run(on: SmallClassifier.samples)
    #expect(
      try message { try other.checkpoint().write(to: folder("new")) }
        .contains("the parameter 'best:layer.weight' needs another name, as 'best:' begins"))
    training.notes = [:]
    try training.checkpoint().write(to: folder("new"))
    let before = try contents(folder("new"))
    var broken = try training.store.tensor(named: "3.bias")
    try broken.set(Float.nan, at: 2)
    try training.store.set(broken, named: "3.bias")
    #expect(
      try message { try training.checkpoint().write(to: folder("new")) }
        == "\(folder("new")): is not written, as the parameters are not finite any more.")
    #expect(try contents(folder("new")) == before)
  }

  private func refusal(
    _ tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String], _ name: String,
    _ object: [String: Any]
  ) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    var metadata = metadata
    metadata[name] = String(decoding: data, as: UTF8.self)
    return try refusal(tensors, metadata)
  }

  private func refusal(
    _ tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) throws -> String {
    try Safetensors(tensors, metadata: metadata).write(to: folder("bad"))
    return failure { _ = try Checkpoint(path: folder("bad")) }.message
  }
}
