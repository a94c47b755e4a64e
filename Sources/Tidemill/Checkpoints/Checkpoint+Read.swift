import TidemillGraph

extension TidemillError.Code {
  /// A file is no checkpoint, or training cannot go on from it in the way that was asked for.
  public static let checkpoint = Self("checkpoint")
}

extension Checkpoint {
  /// Reads a file.
  ///
  /// - Throws: `file` where it cannot be read or is no safetensors file; `checkpoint` where it is no checkpoint, as a
  ///   file of parameters alone, or of another version, or a field is missing or impossible: the error names it.
  public init(path: String) throws {
    try self.init(FileReader(path: path))
  }

  /// Reads an open file.
  package init(_ reader: FileReader) throws { try self.init(CheckpointReader(reader)) }

  private init(_ reader: CheckpointReader) throws {
    let options = try reader.decode(TrainingOptions.self, CheckpointName.options)
    let samples = try reader.decode(SampleDescription.self, CheckpointName.samples)
    let position = try reader.decode(TrainingPosition.self, CheckpointName.position)
    let validation = try reader.decode(ValidationState.self, CheckpointName.validation)
    architecture =
      reader.has(CheckpointName.architecture)
      ? try reader.decode(ClassifierArchitecture.self, CheckpointName.architecture) : nil
    try reader.check(CheckpointName.options) { try options.check() }
    try reader.check(CheckpointName.samples) { try samples.check() }
    try reader.check(CheckpointName.position) {
      try position.check(options, count: options.trainingCount(of: samples.count))
    }
    try reader.check(CheckpointName.validation) {
      try validation.check(options.validation, epoch: position.epoch)
    }
    self.options = options
    self.samples = samples
    self.position = position
    self.validation = validation
    notes = reader.notes
    parameters = try reader.parameters(architecture)
    optimizerState = reader.tensors(CheckpointName.optimizer)
    bestParameters = reader.tensors(CheckpointName.best)
    standardization = try reader.standardization(
      isWanted: options.standardizes, features: architecture?.inputs)
    try reader.check(
      best: bestParameters, like: parameters,
      isWanted: validation.best != nil && options.validation?.keepsBest == true)
    if let architecture {
      try reader.check(CheckpointName.architecture) {
        try architecture.check(samples)
        try options.loss.check(classes: architecture.classes)
      }
    }
  }
}

/// A file, while a checkpoint is made of it.
private struct CheckpointReader {
  private let path: String
  private let file: Safetensors

  init(_ reader: FileReader) throws {
    path = reader.path
    file = try Safetensors(reader)
    guard let version = file.metadata[CheckpointName.version] else {
      throw TidemillError(
        .checkpoint,
        "\(path): holds tensors, but is no checkpoint: there is no '\(CheckpointName.version)' in "
          + "its metadata. Files of parameters alone do not say what network they belong to; "
          + "train and save again.")
    }
    guard version == Checkpoint.version else {
      throw TidemillError(
        .checkpoint,
        "\(path): is a checkpoint of version '\(version.printable())', and only version "
          + "'\(Checkpoint.version)' can be read. Use the Tidemill that wrote it.")
    }
    for name in file.metadata.keys.sorted()
    where name.hasPrefix(CheckpointName.metadata) && !CheckpointName.ofMetadata.contains(name) {
      throw failure("nothing in this format is called '\(name)'")
    }
  }

  var notes: [String: String] {
    file.metadata.filter { !$0.key.hasPrefix(CheckpointName.metadata) }
  }

  func has(_ name: String) -> Bool { file.metadata[name] != nil }

  func decode<T: Codable>(_ type: T.Type, _ name: String) throws -> T {
    guard let text = file.metadata[name] else { throw failure("'\(name)' is missing") }
    do {
      return try CheckpointText.decode(type, from: text, name: "\(path): \(name)")
    } catch let error as TidemillError {
      throw TidemillError(.checkpoint, error.message)
    }
  }

  /// Runs a check, and says in which part of the file it failed.
  func check(_ name: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as TidemillError {
      throw failure("\(name): \(error.message)")
    }
  }

  /// Tensors whose names begin with a prefix, without it, in their order.
  func tensors(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    file.tensors.filter { $0.name.hasPrefix(prefix) }
      .map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
  }

  /// The network's parameters in its order; all that are there where nothing says what it is.
  func parameters(_ architecture: ClassifierArchitecture?) throws -> [(
    name: String, tensor: Tensor
  )] {
    let found = file.tensors.filter { tensor in
      !CheckpointName.ofTensors.contains { tensor.name.hasPrefix($0) }
    }
    guard let architecture else { return found }
    try check(CheckpointName.architecture) { try architecture.check() }
    // Before layers are made, which a file may ask for in any number.
    let expected = 2 * (architecture.hidden.count + 1)
    guard found.count == expected else {
      throw failure("its network has \(expected) parameters, but \(found.count) are there")
    }
    var tensors = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.tensor) })
    return try architecture.makeNetwork().namedParameters.map { named in
      guard let tensor = tensors.removeValue(forKey: named.name) else {
        throw failure("the parameter '\(named.name)' is missing")
      }
      guard tensor.type == named.parameter.type else {
        throw failure(
          "the parameter '\(named.name)' should be \(named.parameter.type), but is \(tensor.type)")
      }
      return (named.name, tensor)
    }
  }

  func standardization(isWanted: Bool, features: Int?) throws -> Standardization? {
    let names = ["mean", "scale"].map { CheckpointName.standardization + $0 }
    let found = tensors(CheckpointName.standardization).map(\.name)
    guard isWanted else {
      if let name = found.first {
        throw failure(
          "'\(CheckpointName.standardization)\(name)' is there, but nothing is to be "
            + "standardised")
      }
      return nil
    }
    guard found.count == 2, let mean = file[names[0]], let scale = file[names[1]] else {
      throw failure("'\(names[0])' and '\(names[1])', and no more of that kind, must be there")
    }
    var result: Standardization?
    try check(CheckpointName.standardization) {
      result = try Standardization(mean: mean, scale: scale)
    }
    if let features, mean.count != features {
      throw failure("'\(names[0])' has \(mean.count) elements for \(features) features")
    }
    return result
  }

  func check(
    best: [(name: String, tensor: Tensor)], like parameters: [(name: String, tensor: Tensor)],
    isWanted: Bool
  ) throws {
    let expected = isWanted ? parameters : []
    guard best.count == expected.count else {
      throw failure(
        "\(expected.count) parameters of the best epoch must be there, not \(best.count)")
    }
    let types = Dictionary(uniqueKeysWithValues: best.map { ($0.name, $0.tensor.type) })
    for (name, tensor) in expected where types[name] != tensor.type {
      throw failure("'\(CheckpointName.best)\(name)' is missing or not \(tensor.type)")
    }
  }

  func failure(_ reason: String) -> TidemillError {
    let end = reason.hasSuffix(".") ? "" : "."
    return TidemillError(
      .checkpoint, "\(path): is no valid checkpoint: \(reason.printable(limit: 400))\(end)")
  }
}
