import Foundation
import Tidemill

/// One `tidemill train`: load, train, save, evaluate, report.
struct TrainingRun {
  let options: TrainOptions
  let files: TrainingFiles

  private var format: OutputFormat { options.format.format }

  func run() throws {
    let resumed = options.files.resume
    let checkpoint = try resumed.map { try Checkpoint(path: $0) }
    var plan = try plan(from: checkpoint)
    let data = try DataSource.named(plan.dataset, seed: plan.options.seed)
    plan.options.clampBatchSize(to: data.train.count)
    let architecture = plan.architecture(for: data.train)
    try files.checkPicture(units: plan.hidden.first ?? data.train.classes, of: data.train)
    try MachineMemory.check(
      parameters: architecture.makeNetwork().parameterCount,
      kept: plan.options.optimizer.keptTensors(momentum: plan.options.momentum))
    let training = try training(plan, architecture, checkpoint)
    // Who reads along may go away, but what is to be saved must not be lost for that.
    if !files.isEmpty { signal(SIGPIPE, SIG_IGN) }
    let output = TrainingProgressOutput(format: format, terminal: .current)
    if let resumed { try output.reportResumed(resumed, training.position) }
    if options.telling.summary {
      let input = TensorType([training.options.batchSize, data.train.features])
      try output.reportSummary(training.network.summary(input: input))
    }
    var learning = Learning(training, files: files, output: output)
    let end = try learning.run(on: data.train)
    try finish(training, data, end, learning)
  }

  /// What was said, or what a checkpoint says.
  private func plan(from checkpoint: Checkpoint?) throws -> TrainingPlan {
    guard let checkpoint, let path = options.files.resume else {
      return try options.changes.plan(epochs: options.learning.epochs)
    }
    let plan = try TrainingPlan(checkpoint, path: path)
    try options.changes.check(against: plan, samples: checkpoint.samples.count, file: path)
    if files.best != nil && plan.options.validation == nil {
      throw TidemillError(
        .argument, "--best: the training in \(path) has no validation to find a best epoch by.")
    }
    return plan
  }

  private func training(
    _ plan: TrainingPlan, _ architecture: ClassifierArchitecture, _ checkpoint: Checkpoint?
  ) throws -> ClassifierTraining {
    let budget = options.memoryBudget.map { MemoryBudget.bytes($0) } ?? .unlimited
    let threads = options.threads.threads
    if let checkpoint {
      return try ClassifierTraining(
        resuming: checkpoint, epochs: options.learning.epochs, memoryBudget: budget,
        threads: threads, reportsFigures: options.telling.gradients)
    }
    let training = try ClassifierTraining(
      architecture, plan.options, memoryBudget: budget, threads: threads,
      reportsFigures: options.telling.gradients)
    training.notes = ["dataset": plan.dataset]
    return training
  }

  /// Evaluates and reports; what could not be written is told at the end.
  private func finish(
    _ training: ClassifierTraining, _ data: DatasetSplit, _ end: TrainingProgress?,
    _ learning: Learning
  ) throws {
    var failures = learning.failures
    let isDrawn = failures.attempt { try files.writeFeatures(training.store, of: data.train) }
    let evaluation = try training.evaluate(on: data.test)
    let result = try TrainingResult(
      data: data, training: training, end: end, evaluation: evaluation)
    let written = [
      ("saved", learning.isSaved ? files.save : nil),
      ("best", learning.isBestSaved ? files.best : nil),
      ("features", isDrawn ? files.features : nil),
      ("curves", learning.areCurvesWritten ? files.curves : nil),
    ]
    if !learning.isOutputBroken {
      failures.attempt { try report(result, evaluation, data.test.classNames ?? [], written) }
    }
    try failures.check()
  }

  private func report(
    _ result: TrainingResult, _ evaluation: Evaluation, _ classNames: [String],
    _ written: [(name: String, file: String?)]
  ) throws {
    try Output.clearLiveLine()
    guard format == .text else { return try Output.line(JSONText.encode(result)) }
    for line in result.lines(evaluation, classNames: classNames, terminal: .current) {
      try Output.line(line)
    }
    for (name, file) in written {
      guard let file else { continue }
      try Output.line(name.padding(toLength: 15, withPad: " ", startingAt: 0) + file)
    }
  }
}
