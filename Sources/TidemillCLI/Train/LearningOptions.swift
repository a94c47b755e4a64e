import ArgumentParser
import Tidemill

/// Options about how parameters change.
struct LearningOptions: ParsableArguments {
  @Option(help: "What is made small. (default: cross-entropy)")
  var loss: LossName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much of each label all classes share, for cross-entropy. (default: 0)",
      valueName: "share"))
  var labelSmoothing: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much each class counts, with commas, for cross-entropy. (default: all the same)",
      valueName: "weights"),
    transform: NumberList.parse)
  var classWeights: [Double]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("From where on a score is good enough, for hinge. (default: 1)"))
  var margin: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Up to which difference an error counts by its square, for huber. (default: 1)"))
  var delta: Double?

  @Option(help: "The rule by which parameters are updated. (default: sgd)")
  var optimizer: OptimizerChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The learning rate. (default: \(OptimizerChoice.usualLearningRates))", valueName: "rate"))
  var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The share of the last step that a step keeps, for \(OptimizerChoice.namesWithMomentum). \
      (default: 0.9)
      """, valueName: "share"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of the average gradient, for \(OptimizerChoice.having(\.beta1))."))
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of the average square, for \(OptimizerChoice.having(\.beta2))."))
  var beta2: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of the averages, for \(OptimizerChoice.having(\.decay))."))
  var decay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keeps a divisor from 0, for \(OptimizerChoice.having(\.epsilon))."))
  var epsilon: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The strength of weight decay. (default: 0.0001)", valueName: "rate"))
  var weightDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adds l1 times the sum of |w| to the loss. (default: 0)"))
  var l1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adds l2/2 times the sum of w² to the loss. (default: 0)"))
  var l2: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Scales the gradient of all parameters down to this norm where it is larger.",
      valueName: "norm"))
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Cuts each element of gradients down to this size.", valueName: "size"))
  var clipValue: Double?

  @Option(help: "How the learning rate changes from step to step. (default: constant)")
  var schedule: ScheduleName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs from step to step, for step. (default: 10)", valueName: "n"))
  var scheduleEpochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      What the rate is multiplied by at each step, for step, or in each epoch, for exponential. \
      (default: 0.1, 0.95)
      """, valueName: "share"))
  var scheduleFactor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The last rate, as a share of the largest, for cosine; of the first, for one-cycle. "
        + "(default: 0, 0.0001)", valueName: "share"))
  var scheduleLast: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The first rate, as a share of the largest, for one-cycle. (default: 0.04)",
      valueName: "share"))
  var scheduleFirst: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of steps in which the rate rises, for one-cycle. (default: 0.3)",
      valueName: "share"))
  var scheduleRising: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps in which the rate rises from 0, before the schedule. (default: 0)", valueName: "n"))
  var warmUp: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples of a step; all where there are fewer. (default: 64)", valueName: "n"))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the samples. (default: 30)", valueName: "n"))
  var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Of the first weights, the order of samples, dropout, and of which samples are kept for \
      validation; for digits also of which fifth is held out. (default: 1)
      """, valueName: "n"))
  var seed: UInt64?

  /// In an order in which later ones can build on earlier ones. Epochs are not among them: they may
  /// change where a training is gone on with.
  var changes: [TrainingChange] {
    let simple: [TrainingChange?] = [
      TrainingChange("--loss", loss) { $0.options.loss = $1.chosen(over: $0.options.loss) },
      TrainingChange("--optimizer", optimizer) { $0.optimizer = $1 },
      TrainingChange("--learning-rate", learningRate) { $0.options.learningRate = $1 },
      TrainingChange("--weight-decay", weightDecay) { $0.options.weightDecay = $1 },
      TrainingChange("--l1", l1) { $0.options.l1 = $1 },
      TrainingChange("--l2", l2) { $0.options.l2 = $1 },
      TrainingChange("--schedule", schedule) {
        $0.options.schedule = $1.chosen(over: $0.options.schedule)
      },
      TrainingChange("--warm-up", warmUp) { $0.options.warmUpSteps = $1 },
      TrainingChange("--batch-size", batchSize) { $0.options.batchSize = $1 },
      TrainingChange("--seed", seed) { $0.options.seed = $1 },
    ]
    return (simple + ofOptimizers + ofLosses + ofSchedules + ofClipping).compactMap(\.self)
  }

  private var ofOptimizers: [TrainingChange?] {
    // Which of them a rule has is checked with the whole plan.
    [
      TrainingChange("--beta1", beta1, isAlone: false) { $0.options.optimizerNumbers.beta1 = $1 },
      TrainingChange("--beta2", beta2, isAlone: false) { $0.options.optimizerNumbers.beta2 = $1 },
      TrainingChange("--decay", decay, isAlone: false) { $0.options.optimizerNumbers.decay = $1 },
      TrainingChange("--epsilon", epsilon, isAlone: false) {
        $0.options.optimizerNumbers.epsilon = $1
      },
      TrainingChange("--momentum", momentum, isAlone: false) { plan, momentum in
        guard plan.options.optimizer.hasMomentum else {
          throw ValidationError(
            "--momentum is for \(OptimizerChoice.namesWithMomentum); leave it out with --optimizer "
              + "\(plan.options.optimizer.rawValue).")
        }
        plan.options.momentum = momentum
      },
    ]
  }

  private var ofLosses: [TrainingChange?] {
    func wrong(_ option: String, _ names: String) -> ValidationError {
      ValidationError("\(option) is for --loss \(names).")
    }
    return [
      TrainingChange("--label-smoothing", labelSmoothing, isAlone: false) { plan, smoothing in
        guard case .crossEntropy(_, let weights) = plan.options.loss else {
          throw wrong("--label-smoothing", "cross-entropy")
        }
        plan.options.loss = .crossEntropy(smoothing: smoothing, classWeights: weights)
      },
      TrainingChange("--class-weights", classWeights, isAlone: false) { plan, weights in
        guard case .crossEntropy(let smoothing, _) = plan.options.loss else {
          throw wrong("--class-weights", "cross-entropy")
        }
        plan.options.loss = .crossEntropy(smoothing: smoothing, classWeights: weights)
      },
      TrainingChange("--margin", margin, isAlone: false) { plan, margin in
        guard case .hinge = plan.options.loss else { throw wrong("--margin", "hinge") }
        plan.options.loss = .hinge(margin: margin)
      },
      TrainingChange("--delta", delta, isAlone: false) { plan, delta in
        guard case .huber = plan.options.loss else { throw wrong("--delta", "huber") }
        plan.options.loss = .huber(delta: delta)
      },
    ]
  }

  private var ofClipping: [TrainingChange?] {
    func change(
      _ option: String, _ bound: Double?, _ clipping: @escaping (Double) -> GradientClipping
    ) -> TrainingChange? {
      TrainingChange(option, bound) { $0.options.clipping = clipping($1) }
    }
    guard clipNorm == nil || clipValue == nil else {
      return [
        TrainingChange("--clip-value", clipValue, isAlone: false) { _, _ in
          throw ValidationError(
            "--clip-norm and --clip-value are two ways to do one thing: give one of them.")
        }
      ]
    }
    return [
      change("--clip-norm", clipNorm) { .globalNorm($0) },
      change("--clip-value", clipValue) { .value($0) },
    ]
  }
}

extension OptimizerChoice: ExpressibleByArgument {
  /// Such as `0.05 for sgd and nesterov, 0.01 for adagrad`, in the order in which rules are listed.
  static var usualLearningRates: String {
    var rates: [Double] = []
    for choice in allCases where !rates.contains(choice.usualLearningRate) {
      rates.append(choice.usualLearningRate)
    }
    return rates.map { rate in
      let names = allCases.filter { $0.usualLearningRate == rate }.map(\.rawValue)
      return "\(NumberText.significant(rate)) for \(names.enumerated)"
    }.joined(separator: ", ")
  }

  /// The rules that have a number, such as `rmsprop and adadelta`.
  static func having(_ number: KeyPath<OptimizerNumbers, Double?>) -> String {
    allCases.filter { $0.usualNumbers[keyPath: number] != nil }.map(\.rawValue).enumerated
  }

  /// Such as `sgd and nesterov`.
  static var namesWithMomentum: String { allCases.filter(\.hasMomentum).map(\.rawValue).enumerated }
}

extension [String] {
  /// With commas, and an `and` before the last.
  fileprivate var enumerated: String {
    guard let last, count > 1 else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) and \(last)"
  }
}
