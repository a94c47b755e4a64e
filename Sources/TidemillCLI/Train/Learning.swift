import Tidemill

/// The steps of a training, up to the saved checkpoint.
///
/// What has been learnt is saved however training ends: after the last step, where the loss is not
/// finite, at Ctrl-C, and where standard output cannot be written any more.
struct Learning {
  let training: ClassifierTraining
  let files: TrainingFiles
  var output: TrainingProgressOutput
  /// What could not be written, while training went on.
  private(set) var failures = Failures()
  /// Whether standard output could not be written.
  private(set) var isOutputBroken = false
  /// Whether the checkpoint is where it should be.
  private(set) var isSaved = false
  /// The epochs of this run.
  private var curves = LearningCurves()
  /// Whether the learning curves are where they should be.
  private(set) var areCurvesWritten = false
  /// Whether there was a best epoch whose checkpoint is where it should be.
  private(set) var isBestSaved = false

  init(
    _ training: ClassifierTraining, files: TrainingFiles, output: TrainingProgressOutput
  ) {
    self.training = training
    self.files = files
    self.output = output
  }

  /// Trains and saves.
  ///
  /// - Returns: Where the training stood at the end; `nil` where there was nothing left to do.
  /// - Throws: `Interrupted`; `not-finite`; `file` where nothing is to be saved and standard output
  ///   cannot be written, as then nobody learns of the result.
  mutating func run(on samples: Dataset) throws -> TrainingProgress? {
    if files.save != nil { Interrupt.beginDeferring() }
    let (end, mistake) = try learn(from: samples)
    if let save = files.save { isSaved = write(to: save) }
    if let file = files.curves {
      areCurvesWritten = failures.attempt { [curves] in try curves.write(to: file) }
    }
    let isInterrupted = Interrupt.endDeferring()
    guard let save = files.save else { return end }
    if let mistake {
      throw TidemillError(
        mistake.code,
        mistake.message
          + (isSaved
            ? " The parameters before that step are saved in \(save)." : "\n\(failures.message)"))
    }
    if isInterrupted { throw interruption(save: save) }
    if isSaved { show { [training] in try $0.reportSaved(save, isBest: false, training.position) } }
    return end
  }

  private mutating func learn(
    from samples: Dataset
  ) throws -> (end: TrainingProgress?, mistake: TidemillError?) {
    var end: TrainingProgress?
    do {
      try training.run(on: samples) { progress in
        end = progress
        if files.isEmpty { try output.report(progress) } else { show { try $0.report(progress) } }
        if progress.isEpochEnd { curves.append(progress) }
        save(after: progress)
        if Interrupt.isRequested { training.stop() }
      }
    } catch let error as TidemillError where error.code == .notFinite && files.save != nil {
      return (end, error)
    }
    return (end, nil)
  }

  /// Writes checkpoints that are due; where that fails, training goes on, and the end tells.
  private mutating func save(after progress: TrainingProgress) {
    for (file, isBest) in files.due(after: progress) where write(to: file) {
      if isBest { isBestSaved = true }
      show { [training] in try $0.reportSaved(file, isBest: isBest, training.position) }
    }
  }

  private mutating func write(to file: String) -> Bool {
    failures.attempt { [training] in try training.checkpoint().write(to: file) }
  }

  private mutating func show(_ body: (inout TrainingProgressOutput) throws -> Void) {
    guard !isOutputBroken else { return }
    do {
      try body(&output)
    } catch {
      isOutputBroken = true
      failures.append(error)
    }
  }

  private func interruption(save: String) -> any Error {
    let position = training.position
    let batch = training.options.batchSize
    let place =
      position.step > 0
      ? "after epoch \(position.epoch), step \((position.samples + batch - 1) / batch)"
      : "before the first step"
    let text = "Training was interrupted \(place)"
    return isSaved
      ? Interrupted(message: "\(text); the parameters reached so far are saved in \(save).")
      : TidemillError(.file, "\(text), and the parameters are lost.\n\(failures.message)")
  }
}

extension LearningCurves {
  /// Appends the epoch that a step ended.
  fileprivate mutating func append(_ progress: TrainingProgress) {
    append(
      number: progress.epoch,
      training: Score(loss: progress.loss, accuracy: progress.accuracy),
      validation: progress.validation.map { Score(loss: $0.loss, accuracy: $0.accuracy) })
  }
}
