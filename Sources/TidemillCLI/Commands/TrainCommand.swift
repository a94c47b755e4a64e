import ArgumentParser
import Tidemill

/// `tidemill train`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a fully connected network on images.",
    discussion: """
      Example: tidemill train --hidden 256,128 --features features.png --save digits.safetensors
      Example: tidemill train --activation tanh --optimizer adam --schedule cosine --clip-norm 5

      JSON is a line for each epoch ("event": "epoch"), and as the last line the result \
      ("event": "result"). Where the loss is not finite, training stops and the parameters stay as \
      they were before that step; --save keeps those. With --save, Ctrl-C ends training after the \
      running step and saves the parameters reached so far; a second one ends at once. Where \
      standard output cannot be written any more, training goes on if --save or --features is \
      given, and the exit code is 1.
      """)

  @Option(
    help: ArgumentHelp(
      """
      digits, which is built in; fashion-mnist, as Debian has it; an NPZ file; or a folder of IDX \
      files, NPY files or pictures.
      """,
      valueName: "name"))
  var dataset = "digits"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of the hidden layers, with commas, or none. (default: 256)", valueName: "units"),
    transform: HiddenSizes.parse)
  var hidden = [256]

  @Option(help: "The function between layers.")
  var activation = Activation.relu

  @Option(help: "The rule by which parameters are updated.")
  var optimizer = OptimizerChoice.sgd

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The learning rate. (default: 0.05 for sgd and nesterov, 0.01 for adagrad, 1 for adadelta, \
      0.001 for rmsprop, adam and adamw, 0.002 for adamax and nadam, 0.0003 for lion)
      """, valueName: "rate"))
  var learningRate: Double?

  @Option(help: "How the learning rate changes over the whole training.")
  var schedule = ScheduleName.constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of the last step that a step keeps; for sgd and nesterov. (default: 0.9)",
      valueName: "share"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Scales the gradient of all parameters down to this norm where it is larger.",
      valueName: "norm"))
  var clipNorm: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The strength of weight decay.", valueName: "rate"))
  var weightDecay = 1e-4

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples of a step; all where there are fewer.", valueName: "n"))
  var batchSize = 64

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Passes over the samples.", valueName: "n"))
  var epochs = 30

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of the first weights and the order of samples; for digits also of which fifth is held out.",
      valueName: "n"))
  var seed: UInt64 = 1

  @OptionGroup var threads: ThreadsOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory that training may take, such as 64MiB.", valueName: "size"),
    transform: ByteSize.parse)
  var memoryBudget: Int?

  @Option(help: ArgumentHelp("Saves the parameters.", valueName: "file.safetensors"))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Draws the weights of the first layer: grey 0, white positive, black negative.",
      valueName: "file.png"))
  var features: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    try requirePositive(batchSize, "--batch-size")
    try requirePositive(epochs, "--epochs")
    guard momentum == nil || optimizer.hasMomentum else {
      throw ValidationError(
        "--momentum is for sgd and nesterov; leave it out with --optimizer \(optimizer.rawValue).")
    }
    do { try options.check() } catch let error as TidemillError {
      throw ValidationError(error.message)
    }
    try files.check()
  }

  func run() throws {
    try TrainingRun(
      dataset: dataset, hidden: hidden, activation: activation, options: options,
      memoryBudget: memoryBudget.map { .bytes($0) } ?? .unlimited, threads: threads.threads,
      files: files, format: format.format
    ).run()
  }

  private var files: TrainingFiles { TrainingFiles(save: save, features: features) }

  private var options: TrainingOptions {
    var options = TrainingOptions()
    options.batchSize = batchSize
    options.epochs = epochs
    options.optimizer = optimizer
    options.learningRate = learningRate ?? optimizer.usualLearningRate
    options.schedule = schedule.choice
    options.momentum = momentum ?? options.momentum
    options.clipping = clipNorm.map { .norm($0) }
    options.weightDecay = weightDecay
    options.seed = seed
    return options
  }
}

extension Activation: ExpressibleByArgument {}
extension OptimizerChoice: ExpressibleByArgument {}

/// Schedules as people type them.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
  case constant
  case step
  case exponential
  case cosine
  case oneCycle = "one-cycle"

  /// The schedule, with its usual numbers.
  var choice: ScheduleChoice {
    switch self {
    case .constant: .constant
    case .step: .step()
    case .exponential: .exponential()
    case .cosine: .cosine()
    case .oneCycle: .oneCycle()
    }
  }
}
