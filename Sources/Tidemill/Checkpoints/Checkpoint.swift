import TidemillGraph

/// A training as it stands after a step, in one safetensors file: enough to go on to the same bits as without a
/// stop, and to use the network.
///
/// ```swift
/// try training.checkpoint().write(to: "digits.safetensors")
/// let resumed = try ClassifierTraining(resuming: Checkpoint(path: "digits.safetensors"))
/// try resumed.run(on: digits.train)
/// ```
///
/// Files are described in docs/checkpoints.md.
public struct Checkpoint: Sendable {
  /// The numbers of the network's parameters, in its order.
  public let parameters: [(name: String, tensor: Tensor)]
  /// What the optimiser keeps, as `ParameterStore.optimizerState`.
  public let optimizerState: [(name: String, tensor: Tensor)]
  /// The parameters of the best epoch, where training may want them back; otherwise empty.
  public let bestParameters: [(name: String, tensor: Tensor)]
  /// What is done to samples before the network sees them.
  public let standardization: Standardization?
  /// What the network is made from; `nil` where the caller made it.
  public let architecture: ClassifierArchitecture?
  /// How it is trained.
  public let options: TrainingOptions
  /// What it is trained on.
  public let samples: SampleDescription
  /// How far it has come.
  public let position: TrainingPosition
  let validation: ValidationState
  /// Texts of the caller's.
  public let notes: [String: String]

  /// The epoch after which the network did best on the samples for validation.
  public var best: BestEpoch? { validation.best }

  /// Whether patience has run out: the training is over.
  public var hasStoppedEarly: Bool { validation.hasStopped }

  /// The version of the format that is written and read.
  package static let version = "1"
}

/// The parts of a file, by name.
enum CheckpointName {
  /// In front of the names of tensors that are no parameters.
  static let optimizer = "optimizer:"
  static let best = "best:"
  static let standardization = "standardization:"
  /// In front of the names of metadata that is no note.
  static let metadata = "tidemill."

  static let version = "tidemill.checkpoint"
  static let architecture = "tidemill.architecture"
  static let options = "tidemill.options"
  static let samples = "tidemill.samples"
  static let position = "tidemill.position"
  static let validation = "tidemill.validation"

  static let ofTensors = [optimizer, best, standardization]
  static let ofMetadata = [version, architecture, options, samples, position, validation]
}
