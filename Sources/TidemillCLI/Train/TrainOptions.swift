import ArgumentParser
import Tidemill

/// What can be said about a training, on the command line or in a file; `nil` what was not said.
struct TrainOptions: ParsableArguments {
  @OptionGroup(title: "Data and network")
  var network: NetworkOptions

  @OptionGroup(title: "Learning")
  var learning: LearningOptions

  @OptionGroup(title: "Validation")
  var validation: ValidationSettings

  @OptionGroup(title: "Files")
  var files: FileOptions

  @OptionGroup(title: "What is told")
  var telling: TellingOptions

  @OptionGroup var threads: ThreadsOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory that training may take, such as 64MiB.", valueName: "size"),
    transform: ByteSize.parse)
  var memoryBudget: Int?

  @OptionGroup var format: FormatOption

  /// All that was said of what decides the bits, by options.
  var changes: [TrainingChange] { network.changes + learning.changes + validation.changes }

  /// Each number by itself; whether they go together is for ``TrainingPlan``.
  func validate() throws {
    if let batchSize = learning.batchSize { try requirePositive(batchSize, "--batch-size") }
    if let epochs = learning.epochs { try requirePositive(epochs, "--epochs") }
    if let every = files.saveEvery { try requirePositive(every, "--save-every") }
    if let every = files.saveEverySteps { try requirePositive(every, "--save-every-steps") }
    var plan = TrainingPlan()
    for change in changes where change.isAlone { try change.apply(&plan) }
    do { try plan.check() } catch let error as TidemillError {
      throw ValidationError(error.message)
    }
  }
}

/// Options about the samples and what is trained on them.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      digits, which is built in; fashion-mnist, as Debian has it; an NPZ file; a CSV file, whose \
      column 'label', else the last, has the classes; or a folder of IDX files, NPY files or \
      pictures. (default: digits)
      """, valueName: "name"))
  var dataset: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of the hidden layers, with commas, or none. (default: 256)", valueName: "units"),
    transform: HiddenSizes.parse)
  var hidden: [Int]?

  @Option(help: "The function between layers. (default: relu)")
  var activation: Activation?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of each hidden layer's outputs that a step leaves out. (default: 0)",
      valueName: "share"))
  var dropout: Double?

  @Option(help: "How weights are drawn. (default: he or glorot, as suits the activation)")
  var initializer: InitializerName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The gain, bound, deviation or value, for \(InitializerName.withSize). (default: 1 for \
      orthogonal, 0 for constant, else 0.05)
      """, valueName: "size"))
  var initialSize: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Takes each feature to mean 0 and deviation 1, as in the samples to learn from.")
  var standardize: Bool?

  var changes: [TrainingChange] {
    [
      TrainingChange("--dataset", dataset) { $0.dataset = $1 },
      TrainingChange("--hidden", hidden) { $0.hidden = $1 },
      TrainingChange("--activation", activation) { $0.activation = $1 },
      TrainingChange("--dropout", dropout) { $0.dropout = $1 },
      TrainingChange("--initializer", initializer, isAlone: false) { [initialSize] plan, name in
        plan.initializer = try name.initializer(size: initialSize)
      },
      TrainingChange("--initial-size", initialSize, isAlone: false) { [initializer] _, _ in
        guard initializer != nil else {
          throw ValidationError("--initial-size needs --initializer, which says what it is of.")
        }
      },
      TrainingChange("--standardize", standardize) { $0.options.standardizes = $1 },
    ].compactMap(\.self)
  }
}

/// Options about samples that training does not see.
struct ValidationSettings: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keeps this share of the samples to judge each epoch by.", valueName: "share"))
  var validation: Double?

  @Option(help: "By what the best epoch is found. (default: loss)")
  var validationBy: ValidationOptions.Measure?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Stops after so many epochs that were not the best, and puts the best parameters back; needs \
      --validation.
      """, valueName: "epochs"))
  var patience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much better than the best an epoch must be. (default: 0)", valueName: "gain"))
  var smallestGain: Double?

  var changes: [TrainingChange] {
    func change<Value>(
      _ option: String, _ value: Value?, _ set: @escaping (inout ValidationOptions, Value) -> Void
    ) -> TrainingChange? {
      TrainingChange(option, value, isAlone: false) { plan, value in
        guard var validation = plan.options.validation else {
          throw ValidationError("\(option) needs --validation, the share of samples to judge by.")
        }
        set(&validation, value)
        plan.options.validation = validation
      }
    }
    return [
      TrainingChange("--validation", validation) { plan, share in
        plan.options.validation = plan.options.validation ?? ValidationOptions(share: share)
        plan.options.validation?.share = share
      },
      change("--validation-by", validationBy) { $0.measure = $1 },
      change("--patience", patience) { $0.patience = $1 },
      change("--smallest-gain", smallestGain) { $0.smallestGain = $1 },
    ].compactMap(\.self)
  }
}

/// Options about what is read and written.
struct FileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Goes on from a checkpoint, to --epochs; what else decides the result is in the file.",
      valueName: "file"))
  var resume: String?

  @Option(help: ArgumentHelp("Saves a checkpoint at the end.", valueName: "file"))
  var save: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Saves it also after each so many epochs.", valueName: "n"))
  var saveEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Saves it also after each so many steps.", valueName: "n"))
  var saveEverySteps: Int?

  @Option(
    help: ArgumentHelp(
      "Saves a checkpoint of the best epoch; needs --validation.", valueName: "file"))
  var best: String?

  @Option(
    help: ArgumentHelp(
      "Draws the weights of the first layer: grey 0, white positive, black negative.",
      valueName: "file.png"))
  var features: String?

  @Option(
    help: ArgumentHelp(
      "Loss and accuracy by epoch of this run, as a picture or, where the name ends in .csv, as a table.",
      valueName: "file.svg"))
  var curves: String?
}

/// Options about what is told beside the usual.
struct TellingOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Tells first what each layer makes, has and costs.")
  var summary = false

  @Flag(
    inversion: .prefixedNo,
    help: """
      Tells after each epoch, of its last step, the norm of each layer's gradient, and what share \
      of derivatives is zero at each activation.
      """)
  var gradients = false
}

extension Activation: ExpressibleByArgument {}
extension ValidationOptions.Measure: ExpressibleByArgument {}
