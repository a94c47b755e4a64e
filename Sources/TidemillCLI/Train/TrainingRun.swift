import Foundation
import Tidemill

/// One `tidemill train`: load, train, save, evaluate, report.
struct TrainingRun {
  let options: TrainOptions

  private var files: FileOptions { options.files }
  private var format: OutputFormat { options.format.format }

  func run() throws {
    let resumed = files.resume
    let checkpoint = try resumed.map { try Checkpoint(path: $0) }
    var plan = try plan(from: checkpoint)
    let data = try data(plan, checkpoint)
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
    if end == nil { learning.reportComplete() }
    try finish(training, data, end, learning)
  }

  /// What was said, or what a checkpoint says.
  private func plan(from checkpoint: Checkpoint?) throws -> TrainingPlan {
    guard let checkpoint, let path = files.resume else {
      return try options.changes.plan(epochs: options.learning.epochs)
    }
    var plan = try TrainingPlan(checkpoint, path: path)
    try options.changes.check(against: plan, samples: checkpoint.samples.count, file: path)
    if files.best != nil && plan.options.validation == nil {
      throw TidemillError(
        .argument, "--best: the training in \(path) has no validation to find a best epoch by.")
    }
    if let dataset = options.network.dataset { plan.dataset = dataset }
    return plan
  }

  private func data(_ plan: TrainingPlan, _ checkpoint: Checkpoint?) throws -> DatasetSplit {
    guard let checkpoint, let path = files.resume else {
      return try DataSource.named(plan.dataset, seed: plan.options.seed)
    }
    return try checkpoint.dataset(options.network.dataset, path: path)
  }

  private func training(
    _ plan: TrainingPlan, _ architecture: ClassifierArchitecture, _ checkpoint: Checkpoint?
  ) throws -> ClassifierTraining {
    let budget = options.memoryBudget.map { MemoryBudget.bytes($0) } ?? .unlimited
    let threads = options.threads.threads
    let figures = options.telling.gradients
    let training =
      if let checkpoint {
        try ClassifierTraining(
          resuming: checkpoint, epochs: options.learning.epochs, memoryBudget: budget,
          threads: threads, reportsFigures: figures)
      } else {
        try ClassifierTraining(
          architecture, plan.options, memoryBudget: budget, threads: threads,
          reportsFigures: figures)
      }
    training.notes = ["dataset": plan.dataset]
    return training
  }

  /// Evaluates and reports; what could not be written is told at the end.
  private func finish(
    _ training: ClassifierTraining, _ data: DatasetSplit, _ end: TrainingProgress?,
    _ learning: Learning
  ) throws {
    var failures = learning.failures
    let evaluation = try training.evaluate(on: data.test)
    let result = try TrainingResult(data: data, training: training, end: end)
    if !learning.isOutputBroken {
      failures.attempt { try report(result, evaluation, data.test.classNames ?? [], learning) }
    }
    try failures.check()
  }

  private func report(
    _ result: TrainingResult, _ evaluation: Evaluation, _ classNames: [String],
    _ learning: Learning
  ) throws {
    try Output.clearLiveLine()
    guard format == .text else {
      return try Output.line(JSONText.encode(Joined(result, EvaluationFigures(evaluation))))
    }
    for line in result.lines(evaluation, classNames: classNames, terminal: .current) {
      try Output.line(line)
    }
    if let best = files.best, learning.isBestUnchanged {
      let than = result.bestEpoch.map { "no epoch was better than epoch \($0)" }
      try Output.line(
        "best           \(than ?? "no epoch could be judged"): not written to \(best)")
    }
    for (name, file) in learning.written {
      try Output.line(name.padding(toLength: 15, withPad: " ", startingAt: 0) + file)
    }
  }
}
