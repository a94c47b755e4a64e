import TidemillGraph

extension ClassifierTraining {
  /// The training as it stands: to be called between runs, or from what a run calls.
  ///
  /// - Throws: `checkpoint` before the first run, when there is nothing to go on from.
  /// - Complexity: Copies all parameters and what the optimiser keeps.
  public func checkpoint() throws -> Checkpoint {
    guard let samples else {
      throw TidemillError(
        .checkpoint,
        "There is no checkpoint before training has been run: there are no samples yet."
      )
    }
    return Checkpoint(
      parameters: try store.tensors, optimizerState: try store.optimizerState,
      bestParameters: bestParameters, standardization: standardization,
      architecture: architecture, options: options, samples: samples, position: position,
      validation: validation, notes: notes)
  }

  /// Goes on from a checkpoint, to the same bits as if training had not stopped.
  ///
  /// - Parameters:
  ///   - checkpoint: Where to go on from.
  ///   - network: What was trained, where the checkpoint has no architecture.
  ///   - epochs: How many there are to be in all; as many as before, if left out.
  ///   - memoryBudget: Of a training step.
  ///   - threads: Workers of a step; one for each physical core if left out.
  ///   - reportsFigures: Whether each step also tells norms of gradients and shares of zero derivatives.
  /// - Throws: `checkpoint` where epochs are fewer than are done, or others where the learning rate depends on
  ///   their number; where the network is not that of the checkpoint, or is missing.
  public convenience init(
    resuming checkpoint: Checkpoint, network: Sequential? = nil, epochs: Int? = nil,
    memoryBudget: MemoryBudget = .unlimited, threads: Int? = nil, reportsFigures: Bool = false
  ) throws {
    guard let network = try network ?? checkpoint.architecture?.makeNetwork() else {
      throw TidemillError(
        .checkpoint, "The checkpoint does not say what network it is of: give the network.")
    }
    let samples = checkpoint.samples
    try self.init(
      network, checkpoint.architecture,
      features: checkpoint.architecture?.inputs ?? samples.imageHeight * samples.imageWidth,
      checkpoint.options(epochs: epochs), memoryBudget, threads, reportsFigures: reportsFigures)
    try restore(checkpoint)
  }

  private func restore(_ checkpoint: Checkpoint) throws {
    do {
      try checkpoint.restoreParameters(in: store)
      try store.restoreOptimizerState(checkpoint.optimizerState)
    } catch let error as TidemillError where error.code == .store {
      throw TidemillError(.checkpoint, "Training cannot go on: \(error.message)")
    }
    classifier.standardization = checkpoint.standardization
    bestParameters = checkpoint.bestParameters
    validation = checkpoint.validation
    position = checkpoint.position
    samples = checkpoint.samples
    notes = checkpoint.notes
  }
}

extension Classifier {
  /// The network of a checkpoint, for use.
  ///
  /// - Parameters:
  ///   - checkpoint: With an architecture.
  ///   - threads: Workers of a run, as for `compile`.
  /// - Throws: `checkpoint` where it does not say what network it is of.
  public convenience init(_ checkpoint: Checkpoint, threads: Int? = nil) throws {
    guard let architecture = checkpoint.architecture else {
      throw TidemillError(
        .checkpoint, "The checkpoint does not say what network it is of: use its parameters.")
    }
    let network = try architecture.makeNetwork()
    let store = try network.initialize(seed: 0)
    try checkpoint.restoreParameters(in: store)
    try self.init(
      network, store, features: architecture.inputs, loss: checkpoint.options.loss,
      standardization: checkpoint.standardization, batchSize: checkpoint.options.batchSize,
      threads: threads)
  }
}

extension Checkpoint {
  /// Writes all parameters to a store that has just these.
  ///
  /// - Throws: `store` where it has others.
  public func restoreParameters(in store: ParameterStore) throws {
    let count = try store.tensors.count
    guard parameters.count == count else {
      throw TidemillError(
        .store,
        "The checkpoint has \(parameters.count) parameters, but the network has \(count).")
    }
    for (name, tensor) in parameters { try store.set(tensor, named: name) }
  }

  /// The options with another number of epochs.
  fileprivate func options(epochs: Int?) throws -> TrainingOptions {
    var options = options
    guard let epochs, epochs != options.epochs else { return options }
    guard epochs >= position.epoch else {
      throw TidemillError(
        .checkpoint,
        "Training has come to epoch \(position.epoch), and cannot end at epoch \(epochs).")
    }
    guard !options.schedule.dependsOnLength else {
      throw TidemillError(
        .checkpoint,
        "Training began for \(options.epochs) epochs, on which its learning rate depends, so it "
          + "cannot go on for \(epochs).")
    }
    options.epochs = epochs
    return options
  }
}

extension TrainingOptions {
  /// How many samples are left to train on, of so many.
  package func trainingCount(of samples: Int) -> Int {
    guard let validation else { return samples }
    return samples - Int((Double(samples) * validation.share).rounded())
  }
}

extension ClassifierArchitecture {
  /// - Throws: `argument` where it cannot have been trained on such samples.
  func check(_ samples: SampleDescription) throws {
    let pixels = samples.imageHeight.multiplied(by: samples.imageWidth)
    try OptionCheck.require(
      pixels == inputs,
      "number of inputs must be that of \(samples.imageHeight) x \(samples.imageWidth) pixels",
      inputs)
    try OptionCheck.require(
      samples.classes <= classes,
      "number of classes must be at least the \(samples.classes) of the samples", classes)
  }
}
