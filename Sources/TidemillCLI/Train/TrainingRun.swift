import Foundation
import Tidemill

/// One `tidemill train`: load, train, save, evaluate, report.
struct TrainingRun {
  let dataset: String
  let hidden: [Int]
  let activation: Activation
  let options: TrainingOptions
  let memoryBudget: MemoryBudget
  let threads: Int?
  let files: TrainingFiles
  let format: OutputFormat

  func run() throws {
    let data = try DataSource.named(dataset, seed: options.seed)
    let architecture = ClassifierArchitecture(
      inputs: data.train.features, hidden: hidden, classes: data.train.classes,
      activation: activation)
    try files.checkPicture(units: hidden.first ?? data.train.classes, of: data.train)
    try MachineMemory.check(
      parameters: try architecture.makeNetwork().parameterCount,
      kept: options.optimizer.keptTensors(momentum: options.momentum))
    var options = options
    // A batch has no more samples than there are.
    options.batchSize = min(options.batchSize, data.train.count)
    let training = try ClassifierTraining(
      architecture, options, memoryBudget: memoryBudget, threads: threads)
    training.notes = ["dataset": dataset]
    // Who reads along may go away, but what is to be saved must not be lost for that.
    if !files.isEmpty { signal(SIGPIPE, SIG_IGN) }
    var learning = Learning(
      training, batchSize: options.batchSize, files: files,
      output: TrainingProgressOutput(format: format, terminal: .current))
    let end = try learning.run(on: data.train)
    try finish(training, data, end, learning)
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
    let written = TrainingFiles(
      save: learning.isSaved ? files.save : nil, features: isDrawn ? files.features : nil)
    if !learning.isOutputBroken {
      failures.attempt { try report(result, evaluation, data.test.classNames ?? [], written) }
    }
    try failures.check()
  }

  private func report(
    _ result: TrainingResult, _ evaluation: Evaluation, _ classNames: [String],
    _ written: TrainingFiles
  ) throws {
    try Output.clearLiveLine()
    guard format == .text else { return try Output.line(JSONText.encode(result)) }
    for line in result.lines(evaluation, classNames: classNames, terminal: .current) {
      try Output.line(line)
    }
    if let save = written.save { try Output.line("saved          \(save)") }
    if let features = written.features { try Output.line("features       \(features)") }
  }
}
